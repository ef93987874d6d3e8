// A text as words that augmentation may touch, words that it must not, and everything between them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/synonyms.h"

namespace tenor::data {

struct AugmentToken {
  enum class Kind {
    word,
    negation,  // 不, 没有, not, never, isn't, ...
    negated,   // the word after a negation
    fixed,     // white space, punctuation, emoji, emoticons: stays where it is
  };
  Kind kind = Kind::fixed;
  bool chinese = false;  // written without spaces
  std::string text;
};

// The tokens' texts, one after the other, are the text (UTF-8). Han characters: the longest known word at each place,
// else one character. All else: words between white space, without the punctuation around them; "#" and "@" belong to
// the word behind them, and an emoticon with a letter (":D") is no word.
std::vector<AugmentToken> augment_tokens(std::string_view text, const Synonyms& synonyms);

// Whether a word (Chinese, or English of any case) negates, in doubt yes: 不..., 没..., 未..., not, n't, without, ...
bool is_negation(std::string_view word);

}  // namespace tenor::data
