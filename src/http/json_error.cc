#include "http/json_error.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace tenor::http {

namespace {

// Hears nothing of the document but where it breaks.
struct ErrorListener : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  // `position` counts the bytes read, the offending one included.
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    offset = position > 0 ? position - 1 : 0;
    return false;
  }

  std::size_t offset = 0;
};

}  // namespace

std::optional<std::size_t> find_json_error(std::string_view json) {
  ErrorListener listener;
  if (nlohmann::json::sax_parse(json.begin(), json.end(), &listener)) return std::nullopt;
  return std::min(listener.offset, json.size());
}

}  // namespace tenor::http
