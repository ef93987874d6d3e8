#include "http/cors.h"

#include <algorithm>

namespace tenor::http {

namespace {

bool is_origin_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
}

}  // namespace

Status check_origin(std::string_view origin) {
  if (origin == "*") return {};
  for (const std::string_view scheme : {"http://", "https://"}) {
    const auto host = origin.substr(std::min(scheme.size(), origin.size()));
    if (origin.starts_with(scheme) && !host.empty() && std::all_of(host.begin(), host.end(), is_origin_letter)) {
      return {};
    }
  }
  return fail(ErrorCode::invalid_argument,
              "expected an origin such as https://app.example or http://localhost:3000, in "
              "lower case and without a path, or *, found \"" +
                  std::string(origin) + "\"");
}

void append_cors(const std::vector<std::string>& origins, const RequestHead& head, std::string& headers) {
  if (origins.empty() || head.origin.empty()) return;
  const bool all = std::find(origins.begin(), origins.end(), "*") != origins.end();
  if (!all) headers += "Vary: Origin\r\n";  // a cache must not give one origin's answer to another
  if (!all && std::find(origins.begin(), origins.end(), head.origin) == origins.end()) return;
  headers.append("Access-Control-Allow-Origin: ").append(all ? "*" : head.origin).append("\r\n");
  if (head.method == Method::options && head.preflight) {
    headers +=
        "Access-Control-Allow-Methods: GET, HEAD, POST\r\n"
        "Access-Control-Allow-Headers: Authorization, Content-Type, X-Api-Key, X-Request-Id, X-Priority, "
        "X-Rollout-Key, "
        "traceparent\r\n"
        "Access-Control-Max-Age: 600\r\n";
  } else {
    headers +=
        "Access-Control-Expose-Headers: X-Request-Id, X-Tenor-Arm, X-Tenor-Cache, Server-Timing, Retry-After, "
        "traceparent\r\n";
  }
}

}  // namespace tenor::http
