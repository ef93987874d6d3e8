// Which tokens of a long text an encoder with a limited number of positions reads. Pure functions over counts.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"

namespace tenor::text {

// Tokens [begin, end) of the text.
struct TokenRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
  friend bool operator==(const TokenRange&, const TokenRange&) = default;
};

struct WindowPlan {
  std::vector<TokenRange> ranges;  // in order of begin; none is empty; none for a text without tokens
  double coverage = 1.0;           // share of the tokens in at least one range; 1 for a text without tokens
};

// The whole text if it fits `max_tokens` (>= 1), else its first round(head_share * max_tokens) tokens and its last
// ones, max_tokens in all, as two ranges, or one if the head or the tail is empty. `head_share` is in [0, 1]; 0 keeps
// the end only. Source: head+tail truncation of Sun, Qiu, Xu, Huang: "How to Fine-Tune BERT for Text Classification?",
// 2019.
Result<WindowPlan> head_tail(std::size_t tokens, std::size_t max_tokens, double head_share);

// Windows of `window` (>= 1) tokens, neighbours sharing `overlap` (< window), covering every token. All are full: the
// last one is shifted back to end with the text and may share more. A text that fits one window is one range.
Result<WindowPlan> sliding_windows(std::size_t tokens, std::size_t window, std::size_t overlap);

}  // namespace tenor::text
