// Western emoticons and East Asian kaomoji as emoji: people type them to say what they feel, and as n-grams of
// punctuation they would be lost.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "text/normalizer.h"

namespace tenor::text {

// When a pattern found in a text counts. For all: a pattern that begins (ends) with an ASCII letter or digit must not
// follow (precede) one; capitals in the pattern must be capitals in the original, other letters may be either.
enum class EmoticonGuard : std::uint8_t {
  face,   // not between digits (2^3^4); also found in brackets and with the usual decorations: (*^_^*), o(>_<)o
  fixed,  // not between digits; exactly as written
  smile,  // ends in a closing bracket: not if it closes an earlier bracket, as in "(see below:)"
  frown,  // ends in an opening bracket: not before a letter, digit or Han character, as in "says:(text)"
  word,   // eyes and a letter: all of it ASCII in the original, not after a letter or digit, as in "Appendix:D"
  lone,   // at the beginning, after white space or after an emoji; not before a letter, digit, '.' or Han: "is <3days"
  slash,  // not after a letter or digit, nor before a slash: "http://"
};

struct Emoticon {
  std::string_view pattern;  // UTF-8, as typed
  char32_t emoji;
  EmoticonGuard guard;
};

// The table, in no order. One '_' stands for one or more; brackets, 'D' or 'P' at the end may be repeated: ":)))".
std::span<const Emoticon> emoticons();

// Replaces emoticons in `text`, which map_characters(utf8, text) has filled, the longest at each place first. The span
// of the emoji covers the whole emoticon. Not idempotent in rare cases: some guards look at the original ("：p" with a
// full-width colon is no emoticon, its normalised form ":p" is one). Thread-safe.
void replace_emoticons(std::string_view utf8, NormalizedText& text);

}  // namespace tenor::text
