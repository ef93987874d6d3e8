#include "apps/tenor/json_members.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tenor::cli {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

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

// Where the member that starts at `begin` ends: at the comma behind it, or at the end of `members`.
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

JsonMember member_of(std::string_view text) {
  const std::size_t key_end = end_of_string(text, 0);
  const std::size_t colon = text.find(':', key_end);
  if (key_end < 2 || colon == std::string_view::npos) return {text, {}, {}};
  return {text, text.substr(1, key_end - 2), trim_json(text.substr(colon + 1))};
}

// A key as a person reads it.
std::string name_of(const JsonMember& member) {
  if (member.key.find('\\') == std::string_view::npos) return std::string(member.key);
  return cell_of(member.text.substr(0, member.key.size() + 2));
}

}  // namespace

void for_each_member(std::string_view object, const std::function<void(const JsonMember&)>& each) {
  object = trim_json(object);
  if (object.size() < 2) return;
  const std::string_view members = trim_json(object.substr(1, object.size() - 2));
  for (std::size_t begin = 0; begin < members.size();) {
    const std::size_t end = end_of_member(members, begin);
    each(member_of(trim_json(members.substr(begin, end - begin))));
    begin = end + 1;
  }
}

std::string_view trim_json(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string cell_of(std::string_view value) {
  if (value == "null") return {};
  if (value.size() < 2 || value.front() != '"') return std::string(value);
  if (value.find('\\') == std::string_view::npos) return std::string(value.substr(1, value.size() - 2));
  const auto parsed = nlohmann::json::parse(value, nullptr, false);
  return parsed.is_string() ? parsed.get<std::string>() : std::string(value);
}

void add_member_names(std::string_view object, std::vector<std::string>& names) {
  for_each_member(object, [&names](const JsonMember& member) {
    if (names.size() >= kMaxMemberColumns) return;
    std::string name = name_of(member);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  });
}

void member_cells(std::string_view object, std::span<const std::string> names, std::string_view left_out,
                  std::vector<std::string>& cells) {
  cells.assign(names.size() + 1, {});
  std::string& others = cells.back();
  std::vector<bool> filled(names.size());
  for_each_member(object, [&](const JsonMember& member) {
    const std::string name = name_of(member);
    if (name == left_out) return;
    const auto place = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    if (place < names.size() && !filled[place]) {
      cells[place] = cell_of(member.value);
      filled[place] = true;
    } else {
      others += others.empty() ? '{' : ',';
      others += member.text;
    }
  });
  if (!others.empty()) others += '}';
}

}  // namespace tenor::cli
