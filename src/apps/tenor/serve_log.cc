#include "apps/tenor/serve_log.h"

#include <spdlog/fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <string_view>

#include "base/json_writer.h"

namespace tenor::cli {

namespace {

constexpr const char* kAccess = "access";

std::string_view view(spdlog::string_view_t text) {
  return {text.data(), text.size()};
}

// "2026-11-28T09:15:02.123Z"
std::string utc(spdlog::log_clock::time_point time) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     (ms - seconds).count());
}

class JsonLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    std::string line;
    JsonWriter json(line);
    json.begin_object()
        .member("time", utc(message.time))
        .member("level", view(spdlog::level::to_string_view(message.level)));
    if (view(message.logger_name) == kAccess) {
      line.append(",").append(view(message.payload)).append("}");
    } else {
      json.member("message", view(message.payload)).end_object();
    }
    line += '\n';
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonLines>(); }
};

std::string access_text(const http::AccessRecord& record) {
  auto line = fmt::format("{} {} {} {} {} bytes {:.6f} s", record.request_id, record.method, record.route,
                          record.status, record.bytes, record.seconds);
  if (!record.key.empty()) line += fmt::format(" key {}", record.key);
  if (!record.trace_id.empty()) line += fmt::format(" trace {} span {}", record.trace_id, record.span_id);
  return line;
}

}  // namespace

std::string access_members(const http::AccessRecord& record) {
  constexpr int kDigits = 6;
  std::string object;
  JsonWriter json(object);
  json.begin_object()
      .member("request_id", record.request_id)
      .member("method", record.method)
      .member("route", record.route)
      .member("status", record.status)
      .member("bytes", std::uint64_t{record.bytes});
  json.key("seconds").value(record.seconds, kDigits);
  if (!record.key.empty()) json.member("key", record.key);
  if (!record.trace_id.empty()) {
    json.member("trace_id", record.trace_id).member("span_id", record.span_id).member("parent_id", record.parent_id);
  }
  json.end_object();
  return object.substr(1, object.size() - 2);
}

ServeLog make_serve_log(LogFormat format) {
  const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  if (format == LogFormat::json) sink->set_formatter(std::make_unique<JsonLines>());
  const auto access = std::make_shared<spdlog::logger>(kAccess, sink);
  const bool json = format == LogFormat::json;
  return {std::make_shared<spdlog::logger>("tenor", sink), [access, json](const http::AccessRecord& record) {
            access->log(spdlog::level::info, json ? access_members(record) : access_text(record));
          }};
}

void set_level(spdlog::logger& events, LogLevel level) {
  switch (level) {
    case LogLevel::info:
      return events.set_level(spdlog::level::info);
    case LogLevel::warning:
      return events.set_level(spdlog::level::warn);
    case LogLevel::error:
      return events.set_level(spdlog::level::err);
  }
}

}  // namespace tenor::cli
