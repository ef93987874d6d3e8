// Appends JSON to a string: for answers on the hot path, where building a tree first would cost more than the answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tenor {

// The caller keeps the nesting right; commas are placed by the writer. Not for threads to share.
// Strings are escaped as RFC 8259 asks; bytes that are not UTF-8 must have been replaced before (text::sanitize).
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(bool flag);
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(std::uint64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& value(std::uint32_t number) { return value(static_cast<std::uint64_t>(number)); }
  // Fixed notation with at most `digits` decimals, trailing zeros cut; NaN and infinities become null.
  JsonWriter& value(double number, int digits = 6);
  JsonWriter& null();
  // Text that is JSON already.
  JsonWriter& raw(std::string_view json);

  template <class T>
  JsonWriter& member(std::string_view name, const T& item) {
    return key(name).value(item);
  }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string& out_;
  bool need_comma_ = false;
};

// `text` with quotes, escaped.
void append_json_string(std::string& out, std::string_view text);

}  // namespace tenor
