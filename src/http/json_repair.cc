#include "http/json_repair.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "text/utf8.h"

namespace tenor::http {

namespace {

constexpr std::size_t kEscapeLength = 6;  // of "\uXXXX"

// U+FDD0 + bytes, in UTF-8: EF B7 90 + bytes.
void append_mark(std::string& out, std::size_t bytes) {
  out += "\xEF\xB7";
  out += static_cast<char>(0x90 + std::clamp<std::size_t>(bytes, 1, 3));
}

// The code unit of a \uXXXX escape at the start of `json`.
std::optional<unsigned> escaped_unit(std::string_view json) {
  if (json.size() < kEscapeLength || json[0] != '\\' || json[1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const auto* end = json.data() + kEscapeLength;
  const auto result = std::from_chars(json.data() + 2, end, unit, 16);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return unit;
}

bool is_high_surrogate(unsigned unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(unsigned unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

// Copies or marks the escape at the start of `rest`; returns its length.
std::size_t repair_escape(std::string_view rest, RepairedJson& out) {
  std::size_t length = std::min<std::size_t>(2, rest.size());  // \n, \\, \" and what is wrong anyway
  if (const auto unit = escaped_unit(rest)) {
    length = kEscapeLength;
    const auto next = escaped_unit(rest.substr(length));
    if (is_high_surrogate(*unit) && next && is_low_surrogate(*next)) {
      length += kEscapeLength;
    } else if (is_high_surrogate(*unit) || is_low_surrogate(*unit)) {
      append_mark(out.json, 3);
      ++out.replacements;
      return length;
    }
  } else if (length == 2 && static_cast<unsigned char>(rest[1]) >= 0x80) {
    length = 1;  // not an escape; the next byte is looked at by itself
  }
  out.json += rest.substr(0, length);
  return length;
}

}  // namespace

RepairedJson repair_json(std::string_view body) {
  RepairedJson out;
  out.json.reserve(body.size() + body.size() / 8);
  std::size_t position = 0;
  while (position < body.size()) {
    if (body[position] == '\\') {
      position += repair_escape(body.substr(position), out);
      continue;
    }
    const auto decoded = text::decode(body, position);
    if (decoded.valid) {
      out.json += body.substr(position, decoded.length);
    } else {
      append_mark(out.json, decoded.length);
      ++out.replacements;
    }
    position += decoded.length;
  }
  return out;
}

std::uint32_t resolve_marks(std::string_view text, std::string& out) {
  std::uint32_t bytes = 0;
  std::size_t plain = 0;
  for (auto at = text.find("\xEF\xB7"); at != std::string_view::npos; at = text.find("\xEF\xB7", at + 1)) {
    if (at + 2 >= text.size()) break;
    const auto third = static_cast<unsigned char>(text[at + 2]);
    if (third < 0x91 || third > 0x93) continue;
    out += text.substr(plain, at - plain);
    text::append_utf8(out, text::kReplacement);
    plain = at + 3;
    bytes += third - 0x90u;
  }
  out += text.substr(plain);
  return bytes;
}

}  // namespace tenor::http
