#include "learn/metrics_log.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "base/file_system.h"
#include "bundle/json_object.h"

namespace tenor::learn {

namespace {

std::string printed(const char* format, double value) {
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string clock_time(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(seconds));
  char buffer[48];
  if (whole >= 3600) {
    std::snprintf(buffer, sizeof buffer, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(buffer, sizeof buffer, "%lld:%02lld", whole / 60, whole % 60);
  }
  return buffer;
}

}  // namespace

void LogWindow::add(double loss, std::size_t tokens, const Metrics& metrics) {
  loss_.value += loss;
  loss_.count += 1;
  tokens_ += tokens;
  ++steps_;
  for (const auto& [name, metric] : metrics) {
    metrics_[name].value += metric.value;
    metrics_[name].count += metric.count;
  }
}

bool LogWindow::due(double seconds) const {
  return std::chrono::duration<double>(Clock::now() - start_).count() >= seconds;
}

LogLine LogWindow::take(const LogPoint& at) {
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  const double loss = loss_.value / std::max(1.0, loss_.count);
  const double speed = static_cast<double>(tokens_) / seconds;
  const double left = static_cast<double>(at.steps - at.step) * seconds / static_cast<double>(steps_);
  bundle::JsonObject json;
  json.set("step", at.step).set("tokens", at.tokens).set("loss", loss).set("learning_rate", at.rate);
  json.set("gradient_norm", std::isfinite(at.gradient_norm) ? at.gradient_norm : -1.0);
  json.set("tokens_per_second", std::round(speed));
  std::string text = "step " + std::to_string(at.step) + "/" + std::to_string(at.steps) + " (" +
                     std::to_string(100 * at.step / std::max<std::uint64_t>(1, at.steps)) + " %) loss " +
                     printed("%.4f", loss);
  for (const auto& [name, metric] : metrics_) {
    const double mean = metric.value / std::max(1.0, metric.count);
    json.set(name, mean);
    text += " " + name + " " + printed("%.4f", mean);
  }
  text += " lr " + printed("%.2e", at.rate) + " norm " + printed("%.2f", at.gradient_norm) + " " +
          printed("%.0f", speed) + " tokens/s ETA " + clock_time(left);
  *this = LogWindow();
  return {std::move(text), json.dump()};
}

LogLine score_line(std::uint64_t step, const std::map<std::string, double>& scores) {
  bundle::JsonObject json;
  json.set("step", step);
  std::string text = "step " + std::to_string(step) + " dev:";
  for (const auto& [name, score] : scores) {
    json.set("dev_" + name, score);
    text += " " + name + " " + printed("%.4f", score);
  }
  return {std::move(text), json.dump()};
}

Status MetricsLog::open(const std::string& path, std::uint64_t step) {
  path_ = path;
  std::string kept;
  if (std::filesystem::exists(path)) {
    const auto text = read_file(path);
    if (!text) return tl::unexpected(text.error());
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      const auto json = bundle::JsonObject::parse(line);
      const auto at = json ? json->integer("step") : Result<std::int64_t>(fail(ErrorCode::corrupt, "no step"));
      if (at && *at >= 0 && static_cast<std::uint64_t>(*at) <= step) kept += line + "\n";
    }
  }
  if (auto status = write_file_atomic(path, kept); !status) return status;
  file_.open(path, std::ios::app);
  if (!file_) return fail(ErrorCode::io, path + " cannot be written");
  return {};
}

Status MetricsLog::append(const std::string& json) {
  if (!file_.is_open()) return {};
  file_ << json << "\n" << std::flush;
  if (!file_) return fail(ErrorCode::io, path_ + ": writing failed; is the disk full?");
  return {};
}

}  // namespace tenor::learn
