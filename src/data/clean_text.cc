#include "data/clean_text.h"

#include <simdjson.h>

#include <algorithm>

#include "text/utf8.h"

namespace tenor::data {

namespace {

constexpr std::size_t kNameCharacters = 40;

bool is_ascii_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

std::string_view clean_utf8(std::string_view raw, std::string& scratch, std::size_t& replaced) {
  if (simdjson::validate_utf8(raw.data(), raw.size())) return raw;
  text::Sanitized clean = text::sanitize(raw);
  replaced += clean.invalid_bytes;
  scratch = std::move(clean.text);
  return scratch;
}

bool is_white(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size();) {
    const text::Decoded next = text::decode(utf8, i);
    const bool white = (next.code < 0x80 && is_ascii_space(static_cast<char>(next.code))) || next.code == 0xA0 ||
                       next.code == 0x3000 || next.code == 0xFEFF;
    if (!white) return false;
    i += next.length;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_ascii_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_ascii_space(text.back())) text.remove_suffix(1);
  return text;
}

void append_quoted(std::string& message, std::string_view name) {
  message += '\'';
  std::size_t characters = 0;
  for (std::size_t i = 0; i < name.size(); ++characters) {
    if (characters == kNameCharacters) {
      message += "...";
      break;
    }
    const text::Decoded next = text::decode(name, i);
    text::append_utf8(message, next.code < 0x20 ? U' ' : next.code);
    i += next.length;
  }
  message += '\'';
}

}  // namespace tenor::data
