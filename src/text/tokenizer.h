// One face for the tokenizers that encoders were trained with.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "text/byte_bpe.h"
#include "text/wordpiece.h"

namespace tenor::text {

// A value: copies are independent (and as large as the vocabulary). It neither adds special tokens nor truncates.
// Immutable: threads share it, each with its own Scratch and output.
class Tokenizer {
 public:
  struct Scratch {
    WordPieceTokenizer::Scratch wordpiece;
    ByteBpeTokenizer::Scratch byte_bpe;
  };

  explicit Tokenizer(WordPieceTokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}
  explicit Tokenizer(ByteBpeTokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}

  // Replaces `out`. Any bytes below 2 GiB will do.
  void encode(std::string_view text, Scratch& scratch, TokenSequence& out) const {
    if (const auto* wordpiece = std::get_if<WordPieceTokenizer>(&tokenizer_)) {
      wordpiece->tokenize(text, scratch.wordpiece, out);
    } else {
      std::get<ByteBpeTokenizer>(tokenizer_).tokenize(text, scratch.byte_bpe, out);
    }
  }

  // An encoder takes one text as cls, tokens, sep.
  const SpecialTokens& special() const {
    const auto* wordpiece = std::get_if<WordPieceTokenizer>(&tokenizer_);
    return wordpiece != nullptr ? wordpiece->vocabulary().special() : std::get<ByteBpeTokenizer>(tokenizer_).special();
  }

  // Every id is below it: an embedding table needs at least so many rows.
  std::size_t size() const {
    const auto* wordpiece = std::get_if<WordPieceTokenizer>(&tokenizer_);
    return wordpiece != nullptr ? wordpiece->vocabulary().size() : std::get<ByteBpeTokenizer>(tokenizer_).size();
  }

 private:
  std::variant<WordPieceTokenizer, ByteBpeTokenizer> tokenizer_;
};

}  // namespace tenor::text
