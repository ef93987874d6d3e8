#include "http/media_type.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view unquote(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

bool names_utf8(std::string_view charset) {
  return equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "utf8");
}

// The text between semicolons from `rest`, which is advanced.
std::string_view next_part(std::string_view& rest) {
  const auto end = std::min(rest.find(';'), rest.size());
  const auto part = trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

Fault media_fault(std::string detail) {
  return {FaultCode::unsupported_media_type, std::move(detail)};
}

}  // namespace

std::optional<Fault> check_plain_body(const RequestHead& head) {
  if (!head.content_encoding || equal_ignoring_case(trim(*head.content_encoding), "identity")) return std::nullopt;
  return media_fault("expected a body without Content-Encoding, found \"" + text::excerpt(*head.content_encoding) +
                     "\"; send it as it is");
}

std::optional<Fault> check_json_body(const RequestHead& head) {
  if (auto fault = check_plain_body(head)) return fault;
  if (!head.content_type) {
    return media_fault("expected Content-Type: application/json, found none; add the header");
  }
  std::string_view rest = *head.content_type;
  const auto type = next_part(rest);
  if (!equal_ignoring_case(type, "application/json") && !equal_ignoring_case(type, "text/json")) {
    return media_fault("expected Content-Type: application/json, found \"" + text::excerpt(*head.content_type) +
                       "\"; send JSON and name it so");
  }
  while (!rest.empty()) {
    const auto parameter = next_part(rest);
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos || !equal_ignoring_case(trim(parameter.substr(0, equals)), "charset"))
      continue;
    if (!names_utf8(unquote(trim(parameter.substr(equals + 1))))) {
      return media_fault("expected JSON in UTF-8, found \"" + text::excerpt(*head.content_type) +
                         "\"; convert the text to UTF-8");
    }
  }
  return std::nullopt;
}

}  // namespace tenor::http
