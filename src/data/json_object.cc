#include "data/json_object.h"

#include <simdjson.h>

#include <utility>

#include "data/json_numbers.h"
#include "text/utf8.h"

namespace tenor::data {

struct JsonObject::Parser {
  simdjson::dom::parser parser;
};

namespace {

namespace dom = simdjson::dom;

JsonMember member_of(std::string_view name, const dom::element& value) {
  JsonMember member;
  member.name = name;
  switch (value.type()) {
    case dom::element_type::STRING:
      member.kind = JsonKind::string;
      member.text = value.get_string().value_unsafe();
      break;
    case dom::element_type::INT64:
      member.kind = JsonKind::number;
      member.number = static_cast<double>(value.get_int64().value_unsafe());
      break;
    case dom::element_type::UINT64:
      member.kind = JsonKind::number;
      member.number = static_cast<double>(value.get_uint64().value_unsafe());
      break;
    case dom::element_type::DOUBLE:
      member.kind = JsonKind::number;
      member.number = value.get_double().value_unsafe();
      break;
    case dom::element_type::BOOL:
      member.kind = JsonKind::boolean;
      member.truth = value.get_bool().value_unsafe();
      break;
    case dom::element_type::NULL_VALUE:
      member.kind = JsonKind::null;
      break;
    case dom::element_type::OBJECT:
      member.kind = JsonKind::object;
      break;
    case dom::element_type::ARRAY:
      member.kind = JsonKind::array;
      break;
  }
  return member;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The code unit of a \uXXXX escape at `position`, or -1.
int escaped_unit(std::string_view line, std::size_t position) {
  if (line.substr(position, 2) != "\\u" || position + 6 > line.size()) return -1;
  int unit = 0;
  for (std::size_t i = position + 2; i < position + 6; ++i) {
    const int digit = hex_value(line[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool is_high_surrogate(int unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(int unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

}  // namespace

const char* to_string(JsonKind kind) {
  switch (kind) {
    case JsonKind::string:
      return "string";
    case JsonKind::number:
      return "number";
    case JsonKind::boolean:
      return "boolean";
    case JsonKind::null:
      return "null";
    case JsonKind::object:
      return "object";
    case JsonKind::array:
      return "array";
  }
  return "unknown";
}

std::size_t repair_lone_surrogates(std::string_view line, std::string& out) {
  std::size_t repaired = 0;
  std::size_t copied = 0;
  for (std::size_t i = line.find('\\'); i < line.size(); i = line.find('\\', i)) {
    const int unit = escaped_unit(line, i);
    if (!is_high_surrogate(unit) && !is_low_surrogate(unit)) {
      i += 2;  // the backslash and what it escapes
    } else if (is_high_surrogate(unit) && is_low_surrogate(escaped_unit(line, i + 6))) {
      i += 12;
    } else {
      if (repaired++ == 0) out.clear();
      out.append(line, copied, i - copied);
      out += "\\ufffd";
      i += 6;
      copied = i;
    }
    if (i >= line.size()) break;
  }
  if (repaired > 0) out.append(line, copied);
  return repaired;
}

JsonObject::JsonObject() : parser_(std::make_unique<Parser>()) {}
JsonObject::JsonObject(JsonObject&&) noexcept = default;
JsonObject::~JsonObject() = default;

const std::string& JsonObject::parse(std::string_view line) {
  members_.clear();
  children_.clear();
  error_.clear();
  replaced_ = repair_lone_surrogates(line, repaired_);
  if (replaced_ > 0) line = repaired_;
  dom::element root;
  simdjson::error_code code = parser_->parser.parse(line.data(), line.size()).get(root);
  if (code == simdjson::UTF8_ERROR) {
    text::Sanitized clean = text::sanitize(line);
    replaced_ += clean.invalid_bytes;
    repaired_ = std::move(clean.text);
    line = repaired_;
    code = parser_->parser.parse(line.data(), line.size()).get(root);
  }
  if (std::string shorter; code == simdjson::NUMBER_ERROR && long_integers_to_doubles(line, shorter) > 0) {
    repaired_ = std::move(shorter);
    code = parser_->parser.parse(repaired_.data(), repaired_.size()).get(root);
  }
  if (code != simdjson::SUCCESS) {
    error_ = "broken JSON: ";
    error_ += code == simdjson::NUMBER_ERROR ? "a number that is misspelt (007, 1.) or beyond 1.8e308"
                                             : simdjson::error_message(code);
    return error_;
  }
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    error_ = std::string("expected a JSON object, found ") + (root.is_array() ? "an array" : "a single value");
    if (root.is_array()) error_ += " (a JSON array becomes JSON lines with: jq -c '.[]')";
    return error_;
  }
  for (const dom::key_value_pair pair : object) {
    members_.push_back(member_of(pair.key, pair.value));
    dom::object nested;
    if (pair.value.get(nested) != simdjson::SUCCESS) continue;
    members_.back().first_child = children_.size();
    for (const dom::key_value_pair child : nested) children_.push_back(member_of(child.key, child.value));
    members_.back().child_count = children_.size() - members_.back().first_child;
  }
  return error_;
}

const JsonMember* JsonObject::find(std::string_view name) const {
  for (std::size_t i = members_.size(); i > 0; --i) {
    if (members_[i - 1].name == name) return &members_[i - 1];
  }
  return nullptr;
}

}  // namespace tenor::data
