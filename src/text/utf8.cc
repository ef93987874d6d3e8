#include "text/utf8.h"

namespace tenor::text {

namespace {

// Range of the second byte for a lead byte, and how many continuation bytes follow (Unicode Standard, table 3-7).
struct Lead {
  std::uint8_t continuation = 0;  // 0: not a lead byte
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
};

constexpr Lead lead_of(std::uint8_t byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {1};
  if (byte == 0xE0) return {2, 0xA0, 0xBF};
  if (byte == 0xED) return {2, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {2};
  if (byte == 0xF0) return {3, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {3};
  if (byte == 0xF4) return {3, 0x80, 0x8F};
  return {};
}

}  // namespace

Decoded decode(std::string_view utf8, std::size_t position) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(utf8[i]); };
  const std::uint8_t first = byte(position);
  if (first < 0x80) return {first, 1, true};
  const Lead lead = lead_of(first);
  if (lead.continuation == 0) return {kReplacement, 1, false};
  char32_t code = first & (0x3F >> lead.continuation);
  for (std::uint8_t i = 1; i <= lead.continuation; ++i) {
    if (position + i >= utf8.size()) return {kReplacement, i, false};
    const std::uint8_t next = byte(position + i);
    const bool first_continuation = i == 1;
    if (next < (first_continuation ? lead.low : 0x80) || next > (first_continuation ? lead.high : 0xBF)) {
      return {kReplacement, i, false};
    }
    code = (code << 6) | (next & 0x3F);
  }
  return {code, static_cast<std::uint8_t>(lead.continuation + 1), true};
}

void append_utf8(std::string& out, char32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = kReplacement;
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

Sanitized sanitize(std::string_view utf8) {
  Sanitized result;
  result.text.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size();) {
    const Decoded next = decode(utf8, i);
    if (next.valid) {
      result.text.append(utf8, i, next.length);
    } else {
      append_utf8(result.text, kReplacement);
      result.invalid_bytes += next.length;
    }
    i += next.length;
  }
  return result;
}

std::size_t count_invalid_bytes(std::string_view utf8) {
  std::size_t invalid = 0;
  for (std::size_t i = 0; i < utf8.size();) {
    const Decoded next = decode(utf8, i);
    if (!next.valid) invalid += next.length;
    i += next.length;
  }
  return invalid;
}

}  // namespace tenor::text
