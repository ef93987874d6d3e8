// Normalised text -> the ids of tenor's own encoders: words of several characters where the vocabulary has them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/normalizer.h"
#include "text/runs.h"
#include "text/vocabulary.h"
#include "text/wordpiece.h"

namespace tenor::text {

// Maximum matching: the text is normalised as for the linear experts (simplified Chinese, lower case, emoji for
// emoticons), cut into runs of one kind, and each run from left to right into the longest tokens of the vocabulary.
// Inside a run of letters and digits, tokens that go on with the word carry "##", as in WordPiece; in Chinese and among
// symbols they do not, so that 味道 is the same token wherever it stands. A character that no token begins with is one
// [UNK]; a text is never cut short. Special tokens are not recognised in the text.
// Immutable: threads share it, each with its own Scratch and output.
class MaxMatchTokenizer {
 public:
  struct Scratch {
    NormalizedText normalized;
    std::string run;                  // UTF-8
    std::vector<std::size_t> places;  // byte of `run` at which each character begins, and its end
  };

  explicit MaxMatchTokenizer(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}

  // Replaces `out`; spans are bytes of `text`. Any bytes below 4 GiB will do.
  void tokenize(std::string_view text, Scratch& scratch, TokenSequence& out) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  void append_run(const Run& run, Scratch& scratch, TokenSequence& out) const;

  Vocabulary vocabulary_;
};

}  // namespace tenor::text
