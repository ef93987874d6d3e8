// Which parts of a text are left out to see what an encoder's answer hangs on. Pure functions over words and counts;
// inside engine/ only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/windows.h"
#include "text/wordpiece.h"

namespace tenor::engine {

// [begin, end) of words, or of the tokens that an encoder reads.
struct Stretch {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  std::uint32_t size() const { return end - begin; }
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// What is never cut: the tokens of one word, by their index in the text.
struct ReadWord {
  Stretch tokens;
  bool ends_clause = false;  // punctuation, a line's end, or the last word before a gap in what is read
  bool before_gap = false;
};

// Words of the tokens in `ranges` (ascending, apart), the text's bytes telling where clauses end.
std::vector<ReadWord> read_words(std::string_view text, const text::TokenSequence& tokens,
                                 std::span<const text::TokenRange> ranges);

// The words as at most `most` neighbouring stretches (one more where there is a gap), ended by clauses, each of about
// as many tokens where there are many clauses; stretches are halved until there are `least` or each is one word.
std::vector<Stretch> coarse_parts(std::span<const ReadWord> words, std::size_t least, std::size_t most);

// At most `count` (>= 1) stretches that differ by one word at most.
std::vector<Stretch> even_parts(const Stretch& whole, std::size_t count);

// Which parts to look into more closely, and into how many stretches: `passes` more in all, those first whose leaving
// out costs the label most. One count a part, 0: not.
std::vector<std::size_t> refinements(std::span<const Stretch> parts, std::span<const float> falls, std::size_t passes);

// Makes the falls of the stretches inside a part (>= 1 of them) add up to the part's own fall: what has its sign is
// stretched, by at most four, and the rest is shared among all by their words. Words that mean the same make it
// necessary: the text misses neither alone.
void share_fall(float whole, std::span<const Stretch> inside, std::span<float> falls);

}  // namespace tenor::engine
