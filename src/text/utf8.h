// Strict UTF-8 in and out. Decoding never fails: what is not UTF-8 becomes U+FFFD and is counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenor::text {

inline constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
  char32_t code = 0;        // a Unicode scalar value; kReplacement where !valid
  std::uint8_t length = 0;  // bytes consumed, 1..4
  bool valid = true;
};

// Decodes the code point at `position` (< utf8.size()). An ill-formed sequence yields one U+FFFD for its maximal
// subpart, as the Unicode Standard 3.9 (table 3-8) and the WHATWG decoder do: overlong forms, surrogates and code
// points above U+10FFFF are ill-formed.
Decoded decode(std::string_view utf8, std::size_t position);

// Appends the UTF-8 form of a scalar value; anything else is written as U+FFFD.
void append_utf8(std::string& out, char32_t code);

struct Sanitized {
  std::string text;
  std::size_t invalid_bytes = 0;  // bytes of the input that were replaced
};

// The same text with every ill-formed sequence replaced by U+FFFD.
Sanitized sanitize(std::string_view utf8);

// Number of bytes that decode() would replace; 0 for valid UTF-8.
std::size_t count_invalid_bytes(std::string_view utf8);

}  // namespace tenor::text
