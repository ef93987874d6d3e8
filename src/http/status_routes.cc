#include <chrono>
#include <string>

#include "http/routes.h"

namespace tenor::http {

namespace {

void begin_json(Response& response) {
  response.content_type = kJsonType;
  response.headers = "Cache-Control: no-store\r\n";
}

void write_status(Response& response, const char* status) {
  begin_json(response);
  JsonWriter(response.body).begin_object().member("status", status).end_object();
}

template <class Names>
void write_names(JsonWriter& json, std::string_view key, const Names& names) {
  json.key(key).begin_array();
  for (const auto& name : names) json.value(name);
  json.end_array();
}

void write_model(JsonWriter& json, const engine::ModelInfo& model) {
  json.begin_object()
      .member("name", model.name)
      .member("version", model.version)
      .member("digest", model.digest)
      .member("precision", model.precision);
  if (!model.isa.empty()) {
    json.member("isa", model.isa).member("encoder_bytes", model.encoder_bytes);
    json.member("encoder_scratch_bytes", model.encoder_scratch_bytes);
  }
  json.key("languages").begin_array();
  for (const auto language : model.languages) json.value(to_string(language));
  json.end_array();
  write_names(json, "experts", model.experts);
  json.key("tasks").begin_array();
  for (const auto& task : model.tasks) {
    json.begin_object().member("name", task.name).member("aspect", task.aspect);
    write_names(json, "labels", task.labels);
    json.end_object();
  }
  json.end_array();
  if (!model.gate.empty()) json.key("gate").raw(model.gate);
  json.end_object();
}

void write_limits(JsonWriter& json, const Limits& limits) {
  json.key("limits")
      .begin_object()
      .member("max_body_bytes", std::uint64_t{limits.max_body})
      .member("max_header_bytes", std::uint64_t{limits.max_header})
      .member("max_text_bytes", std::uint64_t{limits.max_text})
      .member("max_texts", std::uint64_t{limits.max_texts})
      .member("max_answer_bytes", std::uint64_t{limits.max_answer})
      .member("max_connections", std::uint64_t{limits.max_connections})
      .member("max_queue", std::uint64_t{limits.max_queue})
      .end_object();
}

}  // namespace

std::optional<Fault> answer_live(Response& response) {
  write_status(response, "live");
  return std::nullopt;
}

std::optional<Fault> answer_ready(const Service& service, Response& response) {
  if (service.stopping.load(std::memory_order_relaxed)) {
    return Fault{FaultCode::stopping, "the server is stopping; send requests elsewhere"};
  }
  write_status(response, "ready");
  return std::nullopt;
}

std::optional<Fault> answer_info(const Service& service, Response& response) {
  begin_json(response);
  const auto loaded = service.analyzer.models();
  JsonWriter json(response.body);
  json.begin_object().member("name", "tenor").member("version", service.version).key("models").begin_array();
  for (const auto* model : loaded.infos) write_model(json, *model);
  json.end_array();
  json.member("admin", service.admin);
  write_limits(json, service.limits);
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - service.start;
  json.key("uptime_seconds").value(uptime.count(), 3).end_object();
  return std::nullopt;
}

std::optional<Fault> answer_metrics(const Service& service, Response& response) {
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.headers = "Cache-Control: no-store\r\n";
  response.body = service.metrics.exposition();
  if (service.append_metrics) service.append_metrics(response.body);
  return std::nullopt;
}

std::optional<Fault> answer_slow(const Service& service, Response& response) {
  begin_json(response);
  JsonWriter json(response.body);
  service.slow->write(json);
  return std::nullopt;
}

}  // namespace tenor::http
