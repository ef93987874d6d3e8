// Text -> the ids that a BERT model was trained with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/basic_tokenizer.h"
#include "text/vocabulary.h"

namespace tenor::text {

struct WordPieceOptions {
  BasicTokenizerOptions basic;
  // A longer word, counted in characters after cleaning, is one [UNK].
  std::size_t max_input_chars_per_word = 100;
  // Found in the raw text, also inside a word, in exactly this spelling; where several begin, the longest counts.
  // Each must be in the vocabulary.
  std::vector<std::string> never_split = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
};

// Tokens of one text: all vectors have the same length. Reused from text to text: no allocation once grown.
// Spans are bytes of the original text; begins never fall, nor do ends. Tokens made of one character (a Hangul
// syllable taken apart, say) share its span; characters dropped at the edge of a token are outside of it.
struct TokenSequence {
  struct Token {
    TokenId id;
    std::uint32_t begin;
    std::uint32_t end;
    bool continues_word;
  };
  std::vector<TokenId> ids;
  std::vector<std::uint32_t> byte_begin;
  std::vector<std::uint32_t> byte_end;
  std::vector<std::uint8_t> continues_word;  // 1: goes on with the word of the token before

  std::size_t size() const { return ids.size(); }
  bool empty() const { return ids.empty(); }
  void clear() { resize(0); }
  void push_back(const Token& token);
  void resize(std::size_t size);
};

// WordPiece after Wu et al. 2016 (arXiv:1609.08144) as google-research/bert and Hugging Face's tokenizers run it:
// BasicTokenizer's words, each cut greedily into the longest tokens of the vocabulary; a word that cannot be covered
// is one [UNK]. The ids are those of Hugging Face's tokenizers; where the reference implementations disagree among
// themselves, BasicTokenizer's comment says which is followed. It neither adds special tokens nor truncates.
// Immutable: threads share it, each with its own Scratch and output.
class WordPieceTokenizer {
 public:
  struct Scratch {
    Word word;
  };

  // Error: invalid_argument when a never_split token is empty or not in the vocabulary.
  static Result<WordPieceTokenizer> create(Vocabulary vocabulary, const WordPieceOptions& options = {});

  // Replaces `out`. Any bytes below 4 GiB will do: what is not UTF-8 is dropped, as U+FFFD is.
  void tokenize(std::string_view text, Scratch& scratch, TokenSequence& out) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  struct Fixed {
    std::string text;
    TokenId id = 0;
  };

  WordPieceTokenizer(Vocabulary vocabulary, const WordPieceOptions& options);
  void tokenize_section(std::string_view text, std::size_t begin, Scratch& scratch, TokenSequence& out) const;
  void append_pieces(const Word& word, TokenSequence& out) const;
  const Fixed* fixed_at(std::string_view text, std::size_t position) const;

  Vocabulary vocabulary_;
  BasicTokenizer basic_;
  std::size_t max_input_chars_per_word_;
  std::vector<Fixed> fixed_;                    // longest first
  std::array<bool, 256> begins_fixed_token_{};  // first bytes of fixed_
};

// out = [CLS] ids [SEP], the form in which a BERT encoder takes one text.
void add_special_tokens(const Vocabulary& vocabulary, std::span<const TokenId> ids, std::vector<TokenId>& out);

}  // namespace tenor::text
