#include <nlohmann/json.hpp>
#include <string>

#include "http/chores.h"
#include "http/routes.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

using serving::KeptModel;

void write_or_null(JsonWriter& json, std::string_view key, const std::string& value) {
  json.key(key);
  if (value.empty()) {
    json.raw("null");
  } else {
    json.value(value);
  }
}

// Without a repository: what is served, and nothing else to choose from.
std::vector<KeptModel> fixed_models(const serving::Analyzer& analyzer) {
  std::vector<KeptModel> models;
  const auto loaded = analyzer.models();
  for (const auto* info : loaded.infos) models.push_back({info->name, {info->version}, info->version, true, ""});
  return models;
}

void write_models(const Service& service, Response& response) {
  response.content_type = kJsonType;
  response.headers = "Cache-Control: no-store\r\n";
  JsonWriter json(response.body);
  json.begin_object().key("models").begin_array();
  for (const auto& model : service.models != nullptr ? service.models->list() : fixed_models(service.analyzer)) {
    json.begin_object().member("name", model.name);
    write_or_null(json, "served", model.served);
    json.member("pinned", model.pinned).key("versions").begin_array();
    for (const auto& version : model.versions) json.value(version);
    json.end_array();
    write_or_null(json, "refused", model.refused);
    json.end_object();
  }
  json.end_array();
  json.member("draining", std::uint64_t{service.models != nullptr ? service.models->draining() : 0});
  json.member("changeable", service.admin && service.models != nullptr).end_object();
}

Fault fault_of_change(const Error& error) {
  if (error.code == ErrorCode::not_found) return {FaultCode::not_found, error.message};
  if (error.code == ErrorCode::invalid_argument) return {FaultCode::conflict, error.message};
  return {FaultCode::model_refused, error.message};
}

// Nothing, {} and {"version": "2.0.0"} are fine.
std::optional<Fault> read_order(std::string_view body, Route route, std::optional<std::string>& version) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return std::nullopt;
  const auto order = nlohmann::json::parse(body, nullptr, false);
  if (order.is_discarded())
    return Fault{FaultCode::broken_json, "expected a JSON object, found " + text::excerpt(body)};
  if (!order.is_object()) return Fault{FaultCode::wrong_type, "expected a JSON object, found " + text::excerpt(body)};
  for (const auto& [key, value] : order.items()) {
    if (key != "version" || route != Route::model_load) {
      return Fault{FaultCode::out_of_range, "the field \"" + text::excerpt(key) + "\" is not known here" +
                                                (route == Route::model_load ? "; expected \"version\"" : "")};
    }
    if (!value.is_string()) return Fault{FaultCode::wrong_type, "version: expected a string such as \"2.0.0\""};
    version = value.get<std::string>();
  }
  return std::nullopt;
}

Status change(serving::ModelKeeper& models, Route route, const std::string& name,
              const std::optional<std::string>& version) {
  if (route == Route::model_load) return models.load(name, version);
  if (route == Route::model_unload) return models.unload(name);
  return models.rescan();
}

}  // namespace

std::shared_ptr<Deferred> models_chore(const Service& service, const Asked& asked, std::optional<Fault>& fault) {
  const auto route = asked.route;
  if (route == Route::models) {
    return std::make_shared<Chore>([&service](Response& response) -> std::optional<Fault> {
      write_models(service, response);
      return std::nullopt;
    });
  }
  if (service.models == nullptr) {
    fault = Fault{FaultCode::conflict, "there is no repository of models; start tenor serve with --repository DIR"};
  }
  std::optional<std::string> version;
  if (!fault) fault = read_order(asked.body, route, version);
  if (fault) return nullptr;
  return std::make_shared<Chore>([&service, route, name = std::string(model_of(asked.head.path)),
                                  version](Response& response) -> std::optional<Fault> {
    if (const auto status = change(*service.models, route, name, version); !status) {
      return fault_of_change(status.error());
    }
    write_models(service, response);
    return std::nullopt;
  });
}

}  // namespace tenor::http
