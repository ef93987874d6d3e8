// Hexadecimal digits, in lower case.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tenor {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";

// Nothing but such digits; true of an empty text.
inline bool is_hex(std::string_view text) {
  return text.find_first_not_of(kHexDigits) == std::string_view::npos;
}

// Two digits a byte.
inline void append_hex(std::span<const std::byte> bytes, std::string& out) {
  for (const std::byte byte : bytes) {
    out += kHexDigits[std::to_integer<std::size_t>(byte >> 4)];
    out += kHexDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
}

// All 16 digits, the lowest first: for numbers drawn at random, whose order says nothing.
inline void append_hex(std::uint64_t bits, std::string& out) {
  for (int digit = 0; digit < 16; ++digit, bits >>= 4) out += kHexDigits[bits & 15];
}

}  // namespace tenor
