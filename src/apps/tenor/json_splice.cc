#include "apps/tenor/json_splice.h"

#include <simdjson.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "apps/tenor/json_members.h"
#include "text/utf8.h"

namespace tenor::cli {

namespace {

// The code unit of the escape \uXXXX at `position`; 0 where there is none.
unsigned escaped_unit(std::string_view json, std::size_t position) {
  if (position + 6 > json.size() || json[position] != '\\' || json[position + 1] != 'u') return 0;
  unsigned unit = 0;
  const char* digits = json.data() + position + 2;
  const auto result = std::from_chars(digits, digits + 4, unit, 16);
  return result.ptr == digits + 4 ? unit : 0;
}

bool is_high(unsigned unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low(unsigned unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

// Replaces lone surrogate escapes; true where there was one.
bool repair_surrogates(std::string& json) {
  bool found = false;
  for (std::size_t i = json.find('\\'); i != std::string::npos; i = json.find('\\', i)) {
    const unsigned unit = escaped_unit(json, i);
    if (is_high(unit) && is_low(escaped_unit(json, i + 6))) {
      i += 12;
    } else if (is_high(unit) || is_low(unit)) {
      json.replace(i + 2, 4, "fffd");
      found = true;
      i += 6;
    } else {
      i += 2;  // another escape: the letter behind the backslash belongs to it
    }
  }
  return found;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

bool is_json_object(std::string_view text) {
  const std::string_view trimmed = trim_json(text);
  // The parser takes NUL for the end of its input, whatever stands behind it.
  return !trimmed.empty() && trimmed.front() == '{' && trimmed.find('\0') == std::string_view::npos &&
         nlohmann::json::accept(trimmed.begin(), trimmed.end());
}

std::optional<std::string> repaired_json(std::string_view json) {
  const bool bad_bytes = !is_utf8(json);
  const bool surrogates = json.find("\\ud") != std::string_view::npos || json.find("\\uD") != std::string_view::npos;
  if (!bad_bytes && !surrogates) return std::nullopt;
  std::string copy = bad_bytes ? text::sanitize(json).text : std::string(json);
  if (!repair_surrogates(copy) && !bad_bytes) return std::nullopt;
  return copy;
}

void append_open_object(std::string& out, std::string_view object, std::string_view name) {
  object = trim_json(object);
  const std::string_view members = trim_json(object.substr(1, object.size() - 2));
  out += '{';
  if (members.find(name) == std::string_view::npos) {
    out += members;
    if (!members.empty()) out += ',';
    return;
  }
  for_each_member(object, [&](const JsonMember& member) {
    if (member.key == name) return;
    out += member.text;
    out += ',';
  });
}

}  // namespace tenor::cli
