// Texts -> the vocabulary of a max_match or WordPiece-style tokenizer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "text/normalizer.h"

namespace tenor::train {

struct VocabularyOptions {
  std::size_t size = 16000;           // tokens, the five special ones included
  std::size_t max_han = 4;            // characters of a Chinese token; 1: characters alone
  std::size_t max_word = 16;          // characters of a token of letters and digits
  std::size_t max_symbol = 3;         // characters of a token of punctuation or symbols
  std::uint64_t min_characters = 10;  // a rarer character is [UNK]
  std::uint64_t min_pairs = 20;       // a rarer pair is not joined
};

// Byte-pair encoding (Sennrich et al., arXiv:1508.07909) over the runs of text/runs.h: starting from characters, the
// most frequent pair of neighbours becomes a token until the vocabulary is full. Joins never cross a run; of pairs as
// frequent the one met first is taken, so that the same texts in the same order give the same list.
// Not for threads to share.
class VocabularyBuilder {
 public:
  void add(std::string_view text);

  // vocab.txt: [PAD] [UNK] [CLS] [SEP] [MASK], characters by frequency, joined tokens in the order of their making.
  // Error: invalid_argument where `size` does not hold the characters, or nothing was added.
  Result<std::string> build(const VocabularyOptions& options) const;

  std::size_t distinct_runs() const { return runs_.size(); }

 private:
  // The first character of a key is its run's kind.
  std::unordered_map<std::u32string, std::uint64_t> runs_;
  text::NormalizedText normalized_;
};

}  // namespace tenor::train
