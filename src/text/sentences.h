// A text -> its sentences, as stretches of the original.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tenor::text {

struct Sentence {
  std::uint32_t byte_begin = 0;
  std::uint32_t byte_end = 0;
  std::uint32_t character_begin = 0;  // in code points, an ill-formed sequence counting as one
  std::uint32_t character_end = 0;

  friend bool operator==(const Sentence&, const Sentence&) = default;
};

// By rules for Chinese and English, mixed as reviews mix them. A sentence ends
// - at 。！？ and their kin, !, ?, with what closes behind them (quotes, brackets) and emoji that follow;
// - at an ellipsis, unless it goes on in lower case or with a comma;
// - at a full stop that is not part of a number (3.5), an address (URL, mail, file), an abbreviation (Mr., e.g., U.S.,
//   3 p.m.), an initial, or the number of a list's item (1. or a.);
// - after emoji between two phrases (好吃😋服务也好), unless English goes on in lower case ("I ❤️ this");
// - at the end of a line.
// Sentences are in order and apart; none begins or ends with white space, and each holds something that can be seen.
// Every byte that is not white space belongs to exactly one, unless the text shows nothing at all: then there are none.
// Any bytes below 4 GiB will do. Linear in the length; thread-safe; never fails.
std::vector<Sentence> split_sentences(std::string_view utf8);

}  // namespace tenor::text
