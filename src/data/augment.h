// Easy data augmentation: small changes of a text that leave its label as it is (Wei and Zou, EMNLP 2019).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/random.h"
#include "data/synonyms.h"

namespace tenor::data {

// Share of a text's words that an operation changes, 0 to 1; 0: the operation is not used.
struct AugmentRates {
  double replace = 0.1;  // by a synonym
  double insert = 0.1;   // a synonym of some word of the text, anywhere
  double swap = 0.1;     // two words change places
  double remove = 0.1;   // each word with this probability
};

// Words changed.
struct AugmentCounts {
  std::size_t replaced = 0;
  std::size_t inserted = 0;
  std::size_t swapped = 0;  // pairs
  std::size_t removed = 0;

  std::size_t all() const { return replaced + inserted + swapped + removed; }
};

struct Augmented {
  std::string text;
  AugmentCounts counts;  // all 0: the text as it was
};

// One changed copy of a text (well-formed UTF-8), in Chinese, English or both. As in the paper one operation makes one
// copy: here it is drawn among those with a rate above 0, and where it finds nothing to do the next one is tried. It
// changes max(1, round(rate x words)) words.
// Never touched, moved or separated: negations and the word after each. Punctuation, emoji and emoticons stay in their
// order; spaces too, but for one beside a word that goes or comes.
// Only words of two or more characters with one meaning (Synonyms::of) have synonyms here; Chinese ones have as many
// characters (a thesaurus is full of old and four-character phrases), and none negates. At least one word stays. The
// same arguments and state of `random` give the same copy on every platform. Thread-safe.
Augmented augment(std::string_view text, const Synonyms& synonyms, const AugmentRates& rates, Random& random);

}  // namespace tenor::data
