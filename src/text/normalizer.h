// Raw text -> the normalised code points that n-gram features see, with a map back to the original.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tenor::text {

// Raised whenever normalize() may answer differently for any text; a bundle names the version it was trained with.
inline constexpr int kNormalizerVersion = 1;

// All vectors over characters have the same length. Reused from text to text: no allocation once grown.
struct NormalizedText {
  std::vector<char32_t> chars;
  std::vector<std::uint32_t> byte_begin;  // first byte of the original that this character stands for
  std::vector<std::uint32_t> byte_end;    // one past its last byte
  std::uint32_t source_characters = 0;    // code points of the original, an ill-formed sequence counting as one
  std::uint32_t invalid_bytes = 0;        // bytes of the original that were not UTF-8

  void clear();
  std::size_t size() const { return chars.size(); }
  bool empty() const { return chars.empty(); }
};

// NFKC, lower case, full width -> half width, traditional -> simplified Chinese character by character, control and
// invisible format characters dropped, white space runs to one space (none at the ends, none between two Chinese
// characters), emoji without variation selectors, joiners and skin tones, emoticons and kaomoji mapped to an emoji.
// Input longer than 4 GiB is not supported. Thread-safe; never fails.
void normalize(std::string_view utf8, NormalizedText& out);

// Code-point offset in the original of byte offset `byte` (as decode() counts), by walking from the start.
std::size_t character_offset(std::string_view utf8, std::size_t byte);

// The normalised characters as UTF-8 (for tests and explanation).
std::string to_utf8(const NormalizedText& text);

}  // namespace tenor::text
