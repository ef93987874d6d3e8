#include "apps/tenor/json_splice.h"

#include <nlohmann/json.hpp>

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

}  // namespace

bool is_json_object(std::string_view text) {
  const std::string_view trimmed = trim(text);
  return !trimmed.empty() && trimmed.front() == '{' && nlohmann::json::accept(trimmed.begin(), trimmed.end());
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
