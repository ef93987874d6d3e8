// Any bytes: normalize() answers with scalar values and spans that lie on code point boundaries of the input, in order;
// normalising characters (emoticons aside, see replace_emoticons()) twice changes nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "text/character_mapper.h"
#include "text/language.h"
#include "text/normalizer.h"
#include "text/utf8.h"

namespace {

using tenor::text::NormalizedText;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(std::string_view utf8, const NormalizedText& text) {
  require(text.byte_begin.size() == text.size() && text.byte_end.size() == text.size());
  require(text.invalid_bytes == tenor::text::count_invalid_bytes(utf8));
  std::vector<bool> boundary(utf8.size() + 1, false);
  std::uint32_t characters = 0;
  for (std::size_t i = 0; i < utf8.size(); i += tenor::text::decode(utf8, i).length, ++characters) boundary[i] = true;
  boundary[utf8.size()] = true;
  require(text.source_characters == characters);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t code = text.chars[i];
    require(code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF));
    require(text.byte_begin[i] < text.byte_end[i] && text.byte_end[i] <= utf8.size());
    require(boundary[text.byte_begin[i]] && boundary[text.byte_end[i]]);
    if (i == 0) continue;
    require(text.byte_begin[i - 1] <= text.byte_begin[i] && text.byte_end[i - 1] <= text.byte_end[i]);
    require(code != U' ' || text.chars[i - 1] != U' ');
  }
  require(text.empty() || (text.chars.front() != U' ' && text.chars.back() != U' '));
  require(tenor::text::count_invalid_bytes(tenor::text::to_utf8(text)) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view utf8(reinterpret_cast<const char*>(data), size);
  NormalizedText text;
  tenor::text::normalize(utf8, text);
  check(utf8, text);
  static_cast<void>(tenor::text::choose_language(text));
  require(tenor::text::character_offset(utf8, size) == text.source_characters);

  tenor::text::map_characters(utf8, text);
  check(utf8, text);
  const std::string once = tenor::text::to_utf8(text);
  tenor::text::map_characters(once, text);
  require(tenor::text::to_utf8(text) == once);
  return 0;
}
