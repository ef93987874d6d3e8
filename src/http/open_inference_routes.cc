#include <charconv>
#include <string>
#include <utility>

#include "http/model_path.h"
#include "http/routes.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

JsonWriter begin_protocol_answer(Response& response) {
  response.content_type = kJsonType;
  response.headers = "Cache-Control: no-store\r\n";
  return JsonWriter(response.body);
}

void write_tensor(JsonWriter& json, std::string_view name, std::string_view datatype, std::int64_t width) {
  json.begin_object().member("name", name).member("datatype", datatype).key("shape").begin_array().value(-1);
  if (width > 0) json.value(width);
  json.end_array().end_object();
}

void write_metadata(JsonWriter& json, const ModelChoice& model) {
  json.begin_object().member("name", model.name);
  if (!model.versions.empty()) {
    json.key("versions").begin_array();
    for (const auto& version : model.versions) json.value(version);
    json.end_array();
  }
  json.member("platform", model.platform).key("inputs").begin_array();
  write_tensor(json, "text", "BYTES", 0);
  json.end_array().key("outputs").begin_array();
  write_tensor(json, "label", "BYTES", 0);
  write_tensor(json, "score", "FP32", 0);
  write_tensor(json, "probabilities", "FP32", static_cast<std::int64_t>(model.labels.size()));
  json.end_array().key("parameters").begin_object().key("labels").begin_array();
  for (const auto& label : model.labels) json.value(label);
  json.end_array().key("languages").begin_array();
  for (const auto& language : model.languages) json.value(language);
  json.end_array().end_object().end_object();
}

void write_server(const Service& service, Response& response) {
  auto json = begin_protocol_answer(response);
  json.begin_object().member("name", "tenor").member("version", service.version);
  json.key("extensions").begin_array().value("binary_tensor_data").end_array().end_object();
}

std::optional<Fault> answer_state(const Service& service, Route route, Response& response) {
  if (route == Route::v2_ready) {
    if (auto fault = refuse_while_stopping(service)) return fault;
  }
  auto json = begin_protocol_answer(response);
  json.begin_object().member(route == Route::v2_live ? "live" : "ready", true).end_object();
  return std::nullopt;
}

}  // namespace

std::optional<Fault> find_model(const Service& service, const ModelPath& path, ModelChoice& choice) {
  const auto loaded = service.analyzer.models();
  const auto arms =
      service.armed == nullptr ? std::vector<std::string>() : service.armed->current()->rollout().arm_names();
  return choose_model({loaded.infos, arms}, path.model, path.version, choice);
}

ScoringForm open_inference_form(const Limits& limits, ModelChoice model) {
  ScoringForm form;
  form.request.dialect = Dialect::open_inference;
  form.request.max_texts = limits.max_texts;
  form.format = &open_inference_format();
  form.model = std::move(model);
  return form;
}

std::optional<Fault> read_tensor_header(const RequestHead& head, RequestForm& form) {
  if (head.tensor_header.empty()) return std::nullopt;
  std::size_t bytes = 0;
  const auto* end = head.tensor_header.data() + head.tensor_header.size();
  const auto result = std::from_chars(head.tensor_header.data(), end, bytes);
  if (result.ec != std::errc() || result.ptr != end) {
    return Fault{FaultCode::out_of_range, "Inference-Header-Content-Length: expected a number of bytes, found \"" +
                                              text::excerpt(head.tensor_header, 40) + "\""};
  }
  form.json_bytes = bytes;
  return std::nullopt;
}

std::optional<Fault> answer_open_inference(const Service& service, const RequestHead& head, Response& response) {
  const auto path = read_model_path(head.path).value_or(ModelPath());
  if (path.route == Route::v2_live || path.route == Route::v2_ready) {
    return answer_state(service, path.route, response);
  }
  if (path.route == Route::v2_server) {
    write_server(service, response);
    return std::nullopt;
  }
  ModelChoice model;
  if (auto fault = find_model(service, path, model)) return fault;
  if (path.route == Route::v2_model_ready) {
    if (auto fault = refuse_while_stopping(service)) return fault;
    begin_protocol_answer(response).begin_object().member("name", model.name).member("ready", true).end_object();
  } else {
    auto json = begin_protocol_answer(response);
    write_metadata(json, model);
  }
  return std::nullopt;
}

}  // namespace tenor::http
