// One face for the tokenizers that encoders were trained with.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "text/byte_bpe.h"
#include "text/max_match.h"
#include "text/wordpiece.h"

namespace tenor::text {

// A value: copies are independent (and as large as the vocabulary). It neither adds special tokens nor truncates.
// Immutable: threads share it, each with its own Scratch and output.
class Tokenizer {
 public:
  struct Scratch {
    WordPieceTokenizer::Scratch wordpiece;
    ByteBpeTokenizer::Scratch byte_bpe;
    MaxMatchTokenizer::Scratch max_match;
  };

  explicit Tokenizer(WordPieceTokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}
  explicit Tokenizer(ByteBpeTokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}
  explicit Tokenizer(MaxMatchTokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}

  // Replaces `out`. Any bytes below 2 GiB will do.
  void encode(std::string_view text, Scratch& scratch, TokenSequence& out) const {
    if (const auto* wordpiece = std::get_if<WordPieceTokenizer>(&tokenizer_)) {
      wordpiece->tokenize(text, scratch.wordpiece, out);
    } else if (const auto* max_match = std::get_if<MaxMatchTokenizer>(&tokenizer_)) {
      max_match->tokenize(text, scratch.max_match, out);
    } else {
      std::get<ByteBpeTokenizer>(tokenizer_).tokenize(text, scratch.byte_bpe, out);
    }
  }

  // An encoder takes one text as cls, tokens, sep.
  const SpecialTokens& special() const {
    if (const Vocabulary* words = vocabulary()) return words->special();
    return std::get<ByteBpeTokenizer>(tokenizer_).special();
  }

  // Every id is below it: an embedding table needs at least so many rows.
  std::size_t size() const {
    const Vocabulary* words = vocabulary();
    return words != nullptr ? words->size() : std::get<ByteBpeTokenizer>(tokenizer_).size();
  }

  // Null for byte-level BPE.
  const Vocabulary* vocabulary() const {
    if (const auto* wordpiece = std::get_if<WordPieceTokenizer>(&tokenizer_)) return &wordpiece->vocabulary();
    if (const auto* max_match = std::get_if<MaxMatchTokenizer>(&tokenizer_)) return &max_match->vocabulary();
    return nullptr;
  }

 private:
  std::variant<WordPieceTokenizer, ByteBpeTokenizer, MaxMatchTokenizer> tokenizer_;
};

}  // namespace tenor::text
