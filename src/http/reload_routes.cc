#include <nlohmann/json.hpp>
#include <string>

#include "http/chores.h"
#include "http/routes.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

void write_list(JsonWriter& json, const char* key, const std::vector<std::string>& items) {
  json.key(key).begin_array();
  for (const auto& item : items) json.value(item);
  json.end_array();
}

}  // namespace

std::shared_ptr<Deferred> reload_chore(const Service& service, std::string_view body, std::optional<Fault>& fault) {
  const auto order = nlohmann::json::parse(body, nullptr, false);
  if (!body.empty() && order != nlohmann::json::object()) {
    fault = Fault{FaultCode::out_of_range, "expected an empty body or {}, found " + text::excerpt(body)};
  } else if (!service.reload) {
    fault = Fault{FaultCode::conflict, "this server reads nothing again"};
  }
  if (fault) return nullptr;
  return std::make_shared<Chore>([&service](Response& response) -> std::optional<Fault> {
    const Reloaded reloaded = service.reload();
    if (!reloaded.refused.empty()) {
      std::string reasons;
      for (const auto& reason : reloaded.refused) reasons += (reasons.empty() ? "" : "; ") + reason;
      return Fault{FaultCode::config_refused, reasons + "; what was read before stays"};
    }
    response.content_type = kJsonType;
    response.headers = "Cache-Control: no-store\r\n";
    JsonWriter json(response.body);
    json.begin_object();
    write_list(json, "applied", reloaded.applied);
    write_list(json, "needs_restart", reloaded.needs_restart);
    json.end_object();
    return std::nullopt;
  });
}

}  // namespace tenor::http
