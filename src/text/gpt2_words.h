// GPT-2's cut of a text into words, within which byte-level BPE merges.
#pragma once

#include <cstddef>
#include <string_view>

namespace tenor::text {

// One past the last byte of the word that begins at byte `begin` (< text.size()) of `text`, which is UTF-8 (where it is
// not, decode()'s U+FFFD stand). Words follow each other without gaps: white space belongs to them.
// The rule is the regular expression of Radford et al. 2019 (openai/gpt-2, encoder.py),
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// with utf8proc's categories (Unicode 15). With `after_space` the word is read as if a space that belongs to it stood
// before `begin`; where the word is nothing but that space, its end is `begin`.
std::size_t gpt2_word_end(std::string_view text, std::size_t begin, bool after_space = false);

// \s of a Unicode regular expression: the property White_Space.
bool is_regex_space(char32_t code);

}  // namespace tenor::text
