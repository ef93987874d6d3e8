#include "import/json.h"

#include <system_error>

#include "base/file_system.h"
#include "bundle/json_text.h"

namespace tenor::import {

namespace {

tl::unexpected<Error> wrong_type(const char* key, const char* expected, const Json& found) {
  return fail(ErrorCode::corrupt, bundle::show(key) + ": expected " + expected + ", found " + found.type_name());
}

}  // namespace

Result<std::string> read_text(const std::filesystem::path& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (!error && size > kMaxJsonBytes) {
    return fail(ErrorCode::limit, file.string() + " has " + std::to_string(size) + " bytes, the limit is " +
                                      std::to_string(kMaxJsonBytes));
  }
  return read_file(file);
}

Result<Json> read_json(const std::filesystem::path& file) {
  const auto content = read_text(file);
  if (!content) return tl::unexpected(content.error());
  auto json = bundle::parse_json(*content);
  if (!json) return fail(json.error(), file.string());
  if (!json->is_object()) {
    return fail(ErrorCode::corrupt, file.string() + ": expected a JSON object, found " + json->type_name());
  }
  return json;
}

const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::optional<bool>> flag(const Json& object, const char* key) {
  const Json* item = member(object, key);
  if (item == nullptr) return std::nullopt;
  if (!item->is_boolean()) return wrong_type(key, "true or false", *item);
  return item->get<bool>();
}

Result<std::optional<std::int64_t>> integer(const Json& object, const char* key) {
  const Json* item = member(object, key);
  if (item == nullptr) return std::nullopt;
  const bool fits = item->is_number_unsigned() ? item->get<std::uint64_t>() <= INT64_MAX : item->is_number_integer();
  if (!fits) return wrong_type(key, "an integer", *item);
  return item->get<std::int64_t>();
}

Result<std::optional<double>> number(const Json& object, const char* key) {
  const Json* item = member(object, key);
  if (item == nullptr) return std::nullopt;
  if (!item->is_number()) return wrong_type(key, "a number", *item);
  return item->get<double>();
}

Result<std::optional<std::string>> text(const Json& object, const char* key) {
  const Json* item = member(object, key);
  if (item == nullptr) return std::nullopt;
  if (!item->is_string()) return wrong_type(key, "a string", *item);
  return item->get<std::string>();
}

Result<std::vector<std::string>> texts(const Json& object, const char* key) {
  const Json* items = member(object, key);
  std::vector<std::string> out;
  if (items == nullptr) return out;
  if (!items->is_array()) return wrong_type(key, "a list of strings", *items);
  for (const Json& item : *items) {
    if (!item.is_string()) return wrong_type(key, "a list of strings", item);
    out.push_back(item.get<std::string>());
  }
  return out;
}

}  // namespace tenor::import
