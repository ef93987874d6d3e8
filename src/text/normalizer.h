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

// Strict UTF-8 decoding (what is not UTF-8 becomes U+FFFD), then
// - control (but white space), format and other default-ignorable characters (zero-width, bidi, BOM, soft hyphen, NUL,
//   joiners, variation selectors, tags) and emoji skin tones are dropped, before anything else: "e" ZWSP U+0301 is "é";
// - NFKC (full width -> half width included), simple lower case (İ -> i, Σ -> σ everywhere, ẞ -> ß), traditional ->
//   simplified Chinese character by character (OpenCC's first candidate, chains followed to the end), NFKC again;
// - each run of Unicode white space is one space; none at the ends, and none between two Chinese characters, which are
//   Han or, by the original character, the punctuation set with Han: CJK and full-width forms, dashes, quotes,
//   ellipsis;
// - emoji stay their own code points, each part of a joined one; emoticons and kaomoji become an emoji (emoticons.h).
// Repeated letters and punctuation stay. A space stands for its whole run; where a combining sequence or an expansion
// ("…", "㎏") was normalised as a whole, each of its characters stands for all its bytes; dropped characters belong to
// none unless inside such a run. byte_begin and byte_end never decrease and lie on code point boundaries. But for some
// emoticons normalising twice changes nothing. Unicode version: that of utf8proc at build time.
// Input longer than 4 GiB is not supported. Linear in the length (n log n in runs of combining marks). Thread-safe;
// never fails; `out` must not own `utf8`.
void normalize(std::string_view utf8, NormalizedText& out);

// Code-point offset in the original of byte offset `byte` (as decode() counts), by walking from the start: the number
// of code points that end at or before `byte`. A byte inside a code point counts as its begin, one beyond the end as
// the end.
std::size_t character_offset(std::string_view utf8, std::size_t byte);

// The normalised characters as UTF-8 (for tests and explanation).
std::string to_utf8(const NormalizedText& text);

}  // namespace tenor::text
