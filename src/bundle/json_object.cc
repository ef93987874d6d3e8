#include "bundle/json_object.h"

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "bundle/json_text.h"

namespace tenor::bundle {

namespace {

using Json = nlohmann::json;

tl::unexpected<Error> wrong_type(std::string_view key, const char* expected, const Json& found) {
  return fail(ErrorCode::corrupt, show(key) + ": expected " + expected + ", found " + found.type_name());
}

tl::unexpected<Error> absent(std::string_view key) {
  return fail(ErrorCode::not_found, "key " + show(key) + " is absent");
}

}  // namespace

struct JsonObject::Node {
  Json value = Json::object();

  // Null where the key is absent.
  const Json* find(std::string_view key) const {
    const auto& members = value.get_ref<const Json::object_t&>();
    const auto found = members.find(key);
    return found == members.end() ? nullptr : &found->second;
  }

  // The one shape of all getters: absent, wrong type, or the value.
  template <class T, class Fits>
  Result<T> get(std::string_view key, const char* expected, std::optional<T> fallback, Fits fits) const {
    const Json* item = find(key);
    if (item == nullptr && fallback) return *std::move(fallback);
    if (item == nullptr) return absent(key);
    if (!fits(*item)) return wrong_type(key, expected, *item);
    return item->get<T>();
  }

  // A list whose items all fit; `convert` makes one item.
  template <class T, class Fits, class Convert>
  Result<std::vector<T>> list(std::string_view key, const char* expected, Fits fits, Convert convert) const {
    const Json* items = find(key);
    if (items == nullptr) return absent(key);
    if (!items->is_array()) return wrong_type(key, expected, *items);
    std::vector<T> out;
    out.reserve(items->size());
    for (const Json& item : *items) {
      if (!fits(item)) return wrong_type(key, expected, item);
      out.push_back(convert(item));
    }
    return out;
  }
};

namespace {

bool is_int64(const Json& item) {
  if (item.is_number_unsigned()) return item.get<std::uint64_t>() <= INT64_MAX;
  return item.is_number_integer();
}

}  // namespace

JsonObject::JsonObject() : node_(std::make_shared<Node>()) {}

Result<JsonObject> JsonObject::parse(std::string_view json) {
  auto value = parse_json(json);
  if (!value) return tl::unexpected(value.error());
  if (!value->is_object()) {
    return fail(ErrorCode::corrupt, std::string("expected a JSON object, found ") + value->type_name());
  }
  return JsonObject(std::make_shared<const Node>(Node{*std::move(value)}));
}

std::string JsonObject::dump() const {
  return node_->value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool JsonObject::empty() const {
  return node_->value.empty();
}

bool JsonObject::has(std::string_view key) const {
  return node_->find(key) != nullptr;
}

std::vector<std::string> JsonObject::keys() const {
  std::vector<std::string> out;
  for (const auto& member : node_->value.items()) out.push_back(member.key());
  return out;
}

Result<bool> JsonObject::flag(std::string_view key, std::optional<bool> fallback) const {
  return node_->get<bool>(key, "true or false", fallback, [](const Json& item) { return item.is_boolean(); });
}

Result<std::int64_t> JsonObject::integer(std::string_view key, std::optional<std::int64_t> fallback) const {
  return node_->get<std::int64_t>(key, "a 64-bit integer", fallback, is_int64);
}

Result<double> JsonObject::number(std::string_view key, std::optional<double> fallback) const {
  return node_->get<double>(key, "a number", fallback, [](const Json& item) { return item.is_number(); });
}

Result<std::string> JsonObject::text(std::string_view key, std::optional<std::string> fallback) const {
  return node_->get<std::string>(key, "a string", std::move(fallback),
                                 [](const Json& item) { return item.is_string(); });
}

Result<std::vector<double>> JsonObject::numbers(std::string_view key) const {
  return node_->list<double>(
      key, "a list of numbers", [](const Json& item) { return item.is_number(); },
      [](const Json& item) { return item.get<double>(); });
}

Result<std::vector<std::string>> JsonObject::texts(std::string_view key) const {
  return node_->list<std::string>(
      key, "a list of strings", [](const Json& item) { return item.is_string(); },
      [](const Json& item) { return item.get<std::string>(); });
}

Result<JsonObject> JsonObject::object(std::string_view key) const {
  const Json* item = node_->find(key);
  if (item == nullptr) return absent(key);
  if (!item->is_object()) return wrong_type(key, "an object", *item);
  return JsonObject(std::make_shared<const Node>(Node{*item}));
}

Result<std::vector<JsonObject>> JsonObject::objects(std::string_view key) const {
  return node_->list<JsonObject>(
      key, "a list of objects", [](const Json& item) { return item.is_object(); },
      [](const Json& item) { return JsonObject(std::make_shared<const Node>(Node{item})); });
}

template <class Value>
JsonObject& JsonObject::assign(std::string_view key, Value&& value) {
  auto changed = std::make_shared<Node>(*node_);
  changed->value[std::string(key)] = std::forward<Value>(value);
  node_ = std::move(changed);
  return *this;
}

JsonObject& JsonObject::set(std::string_view key, bool flag) {
  return assign(key, flag);
}
JsonObject& JsonObject::set(std::string_view key, std::int64_t integer) {
  return assign(key, integer);
}
JsonObject& JsonObject::set(std::string_view key, std::uint64_t integer) {
  return assign(key, integer);
}
JsonObject& JsonObject::set(std::string_view key, double number) {
  if (!std::isfinite(number)) return assign(key, nullptr);
  return assign(key, number);
}
JsonObject& JsonObject::set(std::string_view key, std::string_view text) {
  return assign(key, std::string(text));
}

JsonObject& JsonObject::set(std::string_view key, const std::vector<double>& numbers) {
  Json list = Json::array();
  for (double number : numbers) list.push_back(std::isfinite(number) ? Json(number) : Json(nullptr));
  return assign(key, std::move(list));
}

JsonObject& JsonObject::set(std::string_view key, const std::vector<std::string>& texts) {
  return assign(key, Json(texts));
}

JsonObject& JsonObject::set(std::string_view key, const JsonObject& object) {
  return assign(key, object.node_->value);
}

JsonObject& JsonObject::set(std::string_view key, const std::vector<JsonObject>& objects) {
  Json list = Json::array();
  for (const JsonObject& object : objects) list.push_back(object.node_->value);
  return assign(key, std::move(list));
}

}  // namespace tenor::bundle
