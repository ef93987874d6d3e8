#include "http/request_fields.h"

#include "http/json_repair.h"
#include "text/excerpt.h"

namespace tenor::http {

std::string_view describe(const element& value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "a string";
    case element_type::BOOL:
      return "a boolean";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

Fault wrong_type(std::string_view field, std::string_view expected, const element& found) {
  return {FaultCode::wrong_type, "\"" + std::string(field) + "\": expected " + std::string(expected) + ", found " +
                                     std::string(describe(found))};
}

Fault unknown_name(std::string_view field, std::string_view expected, std::string_view found) {
  return {FaultCode::out_of_range, "\"" + std::string(field) + "\": expected " + std::string(expected) + ", found \"" +
                                       text::excerpt(found, 40) + "\""};
}

std::optional<Fault> SeenFields::note(unsigned bit, std::string_view key) {
  if (has(bit)) {
    return Fault{FaultCode::duplicate_field, "\"" + std::string(key) + "\": expected once, found twice"};
  }
  seen_ |= bit;
  return std::nullopt;
}

std::optional<Fault> TextTaker::take(const element& value) {
  if (auto fault = refuse_more()) return fault;
  TextItem item;
  if (value.get(item.text) != simdjson::SUCCESS) {
    item.found = describe(value);
  } else if (resolved_ != nullptr) {
    item.invalid_bytes = resolve_marks(item.text, resolved_->emplace_back());
    item.text = resolved_->back();
  }
  request_.items.push_back(item);
  return std::nullopt;
}

std::optional<Fault> TextTaker::take_bytes(std::string_view text) {
  if (auto fault = refuse_more()) return fault;
  request_.items.emplace_back().text = text;
  return std::nullopt;
}

std::string_view TextTaker::plain(std::string_view string) {
  if (resolved_ == nullptr) return string;
  resolve_marks(string, resolved_->emplace_back());
  return resolved_->back();
}

std::optional<Fault> TextTaker::refuse_more() const {
  if (request_.items.size() < max_texts_) return std::nullopt;
  return Fault{FaultCode::too_many_texts,
               "expected at most " + std::to_string(max_texts_) + " texts in a request, found more; split the request"};
}

}  // namespace tenor::http
