// The free-form parts of a manifest ("settings", "fusion", "provenance"), read and written without a JSON library in
// the headers of those who use them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tenor::bundle {

// One JSON object with typed access. A value: copies are cheap and independent (copy on write). For settings, not for
// big data: numbers that a model computes with belong into a tensor file. Threads may share a const JsonObject.
//
// Getters name the key, the type expected and the one found in their errors: not_found for an absent key, corrupt for
// a wrong type. With a fallback an absent key is no error, a wrong type still is one.
class JsonObject {
 public:
  JsonObject();  // {}
  // No moves: a moved-from object would be neither empty nor usable, and a copy costs one counter.
  JsonObject(const JsonObject&) = default;
  JsonObject& operator=(const JsonObject&) = default;

  // Text must hold one JSON object: nested at most 64 deep, no duplicate keys, UTF-8. Error: corrupt.
  static Result<JsonObject> parse(std::string_view json);
  // Compact, keys sorted, doubles in their shortest exact form: equal objects give equal text. Text that was set
  // with bytes that are not UTF-8 comes out with U+FFFD in their place.
  std::string dump() const;

  bool empty() const;
  bool has(std::string_view key) const;
  std::vector<std::string> keys() const;  // sorted bytewise

  Result<bool> flag(std::string_view key, std::optional<bool> fallback = {}) const;
  Result<std::int64_t> integer(std::string_view key, std::optional<std::int64_t> fallback = {}) const;
  Result<double> number(std::string_view key, std::optional<double> fallback = {}) const;  // integers count as numbers
  Result<std::string> text(std::string_view key, std::optional<std::string> fallback = {}) const;
  Result<std::vector<double>> numbers(std::string_view key) const;
  Result<std::vector<std::string>> texts(std::string_view key) const;
  Result<JsonObject> object(std::string_view key) const;
  Result<std::vector<JsonObject>> objects(std::string_view key) const;

  // Setters replace what was there. A double that is not finite is stored as null (and reads as a wrong type).
  JsonObject& set(std::string_view key, bool flag);
  JsonObject& set(std::string_view key, std::int64_t integer);
  JsonObject& set(std::string_view key, int integer) { return set(key, static_cast<std::int64_t>(integer)); }
  JsonObject& set(std::string_view key, std::uint64_t integer);  // over 2^63 - 1 it reads as a number only
  JsonObject& set(std::string_view key, std::uint32_t integer) { return set(key, std::uint64_t{integer}); }
  JsonObject& set(std::string_view key, double number);
  JsonObject& set(std::string_view key, std::string_view text);
  JsonObject& set(std::string_view key, const char* text) { return set(key, std::string_view(text)); }
  JsonObject& set(std::string_view key, const std::vector<double>& numbers);
  JsonObject& set(std::string_view key, const std::vector<std::string>& texts);
  JsonObject& set(std::string_view key, const JsonObject& object);
  JsonObject& set(std::string_view key, const std::vector<JsonObject>& objects);

  friend bool operator==(const JsonObject& a, const JsonObject& b) { return a.dump() == b.dump(); }

 private:
  struct Node;  // holds the JSON library's value
  explicit JsonObject(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  template <class Value>
  JsonObject& assign(std::string_view key, Value&& value);

  std::shared_ptr<const Node> node_;  // never null
};

}  // namespace tenor::bundle
