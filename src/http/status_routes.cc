#include <chrono>
#include <string>

#include "devices/snapshot_json.h"
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

// What text-embeddings-inference says of a classifier, for clients that size their batches by it.
void write_tei_members(JsonWriter& json, const Service& service, ModelInfos models) {
  const auto labels = overall_labels(models);
  json.member("model_id", kAllModels).key("model_sha");
  if (models.size() == 1) {
    json.value(models.front()->digest);
  } else {
    json.null();
  }
  json.member("model_dtype", models.empty() ? "" : models.front()->precision);
  json.key("model_type").begin_object().key("classifier").begin_object().key("id2label").begin_object();
  for (std::size_t l = 0; l < labels.size(); ++l) json.member(std::to_string(l), labels[l]);
  json.end_object().key("label2id").begin_object();
  for (std::size_t l = 0; l < labels.size(); ++l) json.member(labels[l], std::uint64_t{l});
  json.end_object().end_object().end_object();
  const auto& limits = service.limits;
  json.member("max_concurrent_requests", std::uint64_t{limits.max_connections});
  // A token is a byte at least: no text that is taken has more of them.
  json.member("max_input_length", std::uint64_t{limits.max_text});
  json.member("max_client_batch_size", std::uint64_t{limits.max_texts});
  json.member("max_batch_tokens", std::uint64_t{service.batch_tokens}).key("max_batch_requests").null();
  json.member("auto_truncate", false).member("tokenization_workers", std::uint64_t{service.workers});
  json.key("sha").null().key("docker_label").null();
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

std::optional<Fault> refuse_while_stopping(const Service& service) {
  if (!service.stopping.load(std::memory_order_relaxed)) return std::nullopt;
  return Fault{FaultCode::stopping, "the server is stopping; send requests elsewhere"};
}

// As text-embeddings-inference has it: the status alone.
std::optional<Fault> answer_health(const Service& service, Response& response) {
  response.headers = "Cache-Control: no-store\r\n";
  return refuse_while_stopping(service);
}

std::optional<Fault> answer_live(Response& response) {
  write_status(response, "live");
  return std::nullopt;
}

std::optional<Fault> answer_ready(const Service& service, Response& response) {
  if (auto fault = refuse_while_stopping(service)) return fault;
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
  write_tei_members(json, service, loaded.infos);
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - service.start;
  json.key("uptime_seconds").value(uptime.count(), 3).end_object();
  return std::nullopt;
}

std::optional<Fault> answer_devices(const Service& service, Response& response) {
  if (service.devices == nullptr) return Fault{FaultCode::not_found, "this server does not watch its devices"};
  begin_json(response);
  devices::append_json(response.body, *service.devices->snapshot(), devices::Clock::now());
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
