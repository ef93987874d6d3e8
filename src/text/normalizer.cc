#include "text/normalizer.h"

#include "text/character_mapper.h"
#include "text/emoticons.h"
#include "text/utf8.h"

namespace tenor::text {

void NormalizedText::clear() {
  chars.clear();
  byte_begin.clear();
  byte_end.clear();
  source_characters = 0;
  invalid_bytes = 0;
}

void normalize(std::string_view utf8, NormalizedText& out) {
  if (map_characters(utf8, out)) replace_emoticons(utf8, out);
}

std::size_t character_offset(std::string_view utf8, std::size_t byte) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < utf8.size();) {
    i += decode(utf8, i).length;
    if (i > byte) break;
    ++characters;
  }
  return characters;
}

std::string to_utf8(const NormalizedText& text) {
  std::string utf8;
  utf8.reserve(text.size() * 3);
  for (const char32_t code : text.chars) append_utf8(utf8, code);
  return utf8;
}

}  // namespace tenor::text
