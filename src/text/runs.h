// Normalised text -> runs of one kind of character: what a vocabulary's tokens never cross.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tenor::text {

enum class RunKind : std::uint8_t {
  word,    // letters, marks and digits of scripts that put spaces between words
  han,     // ideographs and kana: words without spaces
  symbol,  // all else: punctuation, symbols, emoji
};

struct Run {
  std::size_t begin = 0;  // in the normalised characters
  std::size_t end = 0;    // begin == end: there is no further run
  RunKind kind = RunKind::symbol;
};

RunKind run_kind(char32_t code);

// The longest run of one kind at or after `position`, white space skipped; runs end at white space.
Run next_run(std::span<const char32_t> characters, std::size_t position);

}  // namespace tenor::text
