#include "apps/tenor/json_splice.h"

#include <simdjson.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "text/utf8.h"

namespace tenor::cli {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// One past the closing quote of the string that starts at `begin`.
std::size_t end_of_string(std::string_view json, std::size_t begin) {
  for (std::size_t i = begin + 1; i < json.size(); ++i) {
    if (json[i] == '\\') {
      ++i;
    } else if (json[i] == '"') {
      return i + 1;
    }
  }
  return json.size();
}

// One past the member that starts at `begin`: the comma behind it, or the end of `members`.
std::size_t end_of_member(std::string_view members, std::size_t begin) {
  int depth = 0;
  for (std::size_t i = begin; i < members.size();) {
    const char c = members[i];
    if (c == '"') {
      i = end_of_string(members, i);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == ',' && depth == 0) return i;
    ++i;
  }
  return members.size();
}

bool is_called(std::string_view member, std::string_view name) {
  const std::string_view key = member.substr(0, end_of_string(member, 0));
  return key.size() == name.size() + 2 && key.substr(1, name.size()) == name;
}

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
  const std::string_view trimmed = trim(text);
  return !trimmed.empty() && trimmed.front() == '{' && nlohmann::json::accept(trimmed.begin(), trimmed.end());
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
  object = trim(object);
  const std::string_view members = trim(object.substr(1, object.size() - 2));
  out += '{';
  const std::size_t hit = members.find(name);
  if (hit == std::string_view::npos) {
    out += members;
    if (!members.empty()) out += ',';
    return;
  }
  for (std::size_t begin = 0; begin < members.size();) {
    const std::size_t end = end_of_member(members, begin);
    const std::string_view member = trim(members.substr(begin, end - begin));
    if (!is_called(member, name)) {
      out += member;
      out += ',';
    }
    begin = end + 1;
  }
}

}  // namespace tenor::cli
