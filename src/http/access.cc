#include "http/access.h"

#include <string>

#include "text/excerpt.h"

namespace tenor::http {

namespace {

using security::Access;
using security::Need;

Fault fault_of_access(Access access, const RequestHead& head) {
  switch (access) {
    case Access::no_key:
      return {FaultCode::unauthorized,
              "expected an API key as \"Authorization: Bearer KEY\" or \"X-Api-Key: KEY\", found none"};
    case Access::unknown_key:
      return {FaultCode::unauthorized, "expected an API key of this server, found another one"};
    case Access::not_admin:
      return {FaultCode::forbidden, "expected an admin's API key, found a reader's"};
    case Access::foreign_host:
      return {
          FaultCode::forbidden,
          "without API keys, changes are taken from this machine only: expected a loopback address as Host, found \"" +
              text::excerpt(head.host) + "\""};
    default:
      return {FaultCode::forbidden, "requests may not change what is served here; start tenor serve with --admin"};
  }
}

}  // namespace

Need need_of(Route route, Method method) {
  if (method == Method::options) return Need::nothing;
  switch (route) {
    case Route::page:
    case Route::live:
    case Route::ready:
    case Route::health:
    case Route::v2_live:
    case Route::v2_ready:
    case Route::openapi:
    case Route::other:
      return Need::nothing;
    case Route::model_load:
    case Route::model_unload:
    case Route::models_rescan:
    case Route::reload:
      return Need::admin;
    case Route::rollout:
      return method == Method::post ? Need::admin : Need::reader;
    default:
      return Need::reader;
  }
}

std::optional<Fault> check_access(const Service& service, const RequestHead& head, Route route, std::string& who) {
  const auto need = need_of(route, head.method);
  const auto keys = service.keys != nullptr ? service.keys->current() : nullptr;
  const auto decision = security::decide(keys.get(), {need, head.secret, head.host, service.admin});
  who = decision.key != nullptr ? decision.key->name : "";
  if (decision.access == Access::granted) return std::nullopt;
  return fault_of_access(decision.access, head);
}

}  // namespace tenor::http
