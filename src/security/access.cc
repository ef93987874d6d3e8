#include "security/access.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "base/ascii.h"

namespace tenor::security {

namespace {

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// 127.0.0.0/8, written out; "127.evil.example" is a name.
bool is_loopback_v4(std::string_view address) {
  in_addr parsed{};
  if (!address.starts_with("127.") || address.find('\0') != std::string_view::npos) return false;
  return ::inet_pton(AF_INET, std::string(address).c_str(), &parsed) == 1;
}

}  // namespace

bool names_loopback(std::string_view host) {
  if (host.starts_with('[')) {
    return host.starts_with("[::1]") && (host.size() == 5 || (host[5] == ':' && is_port(host.substr(6))));
  }
  const auto colon = host.find(':');
  if (colon != std::string_view::npos && !is_port(host.substr(colon + 1))) return host == "::1";
  const auto name = host.substr(0, colon);
  return equal_ignoring_case(name, "localhost") || is_loopback_v4(name);
}

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  if (!equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) return {};
  authorization.remove_prefix(kScheme.size());
  const auto begin = std::min(authorization.find_first_not_of(' '), authorization.size());
  return authorization.substr(begin);
}

Decision decide(const KeyRing* keys, const Asked& asked) {
  if (asked.need == Need::nothing) return {};
  Decision decision;
  if (keys != nullptr) {
    if (asked.secret.empty()) return {Access::no_key, nullptr};
    decision.key = keys->find(asked.secret);
    if (decision.key == nullptr) return {Access::unknown_key, nullptr};
  }
  if (asked.need != Need::admin) return decision;
  if (!asked.admin_allowed) {
    decision.access = Access::admin_off;
  } else if (keys == nullptr) {
    if (!names_loopback(asked.host)) decision.access = Access::foreign_host;
  } else if (decision.key->role != Role::admin) {
    decision.access = Access::not_admin;
  }
  return decision;
}

}  // namespace tenor::security
