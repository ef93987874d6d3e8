// Text -> the ids that a RoBERTa model was trained with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/vocabulary.h"
#include "text/wordpiece.h"

namespace tenor::text {

// A token as a vocab.json lists it: its bytes in GPT-2's alphabet, in which every byte is a printable character
// (" good" is "Ġgood").
struct BpeToken {
  std::string text;
  TokenId id = 0;
};

// A token that is found in the raw text in exactly this spelling, also inside a word.
struct BpeFixedToken {
  std::string text;
  bool takes_space_before = false;  // white space before it belongs to it (Hugging Face's lstrip)
};

struct ByteBpeOptions {
  bool add_prefix_space = false;  // each stretch of text between fixed tokens begins as if after a space
  // Where several begin at one place, the longest counts. Each must be in the vocabulary.
  std::vector<BpeFixedToken> fixed = {
      {"<s>", false}, {"</s>", false}, {"<pad>", false}, {"<unk>", false}, {"<mask>", true}};
};

// Bytes [begin, end) of the original text.
struct TokenPlace {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Byte-level byte pair encoding after Sennrich et al. 2016 (arXiv:1508.07909) and Radford et al. 2019, as Hugging
// Face's tokenizers run it for RoBERTa: words of gpt2_word_end(), the bytes of each merged pair by pair, the pair that
// was learned first before the others and from the left. Every text has an encoding; nothing is normalised. What is
// not UTF-8 is read as U+FFFD. A byte for which the vocabulary has no token is <unk> (Hugging Face's fast tokenizers
// drop it; published vocabularies have all 256).
// Work is O(n log n) in the bytes of a word, however long. It neither adds special tokens nor truncates.
// Immutable: threads share it, each with its own Scratch and output.
class ByteBpeTokenizer {
 public:
  class Scratch {
    friend class ByteBpeTokenizer;
    struct Symbol {
      TokenId id = 0;
      std::int32_t previous = -1;
      std::int32_t next = -1;
      std::uint32_t begin = 0;  // of the original text, from the beginning of a character to the end of one
      std::uint32_t end = 0;
    };
    struct Candidate {
      std::uint32_t rank = 0;
      std::int32_t left = 0;
      std::uint64_t pair = 0;
      TokenId merged = 0;
      // Of a heap whose top is the pair that was learned first, leftmost of equals.
      bool operator<(const Candidate& other) const {
        return rank != other.rank ? rank > other.rank : left > other.left;
      }
    };
    std::vector<Symbol> symbols;
    std::vector<Candidate> heap;
  };

  // `merges_txt`: a merges.txt, one pair "left right" a line in the order in which they were learned; a line that
  // begins with "#version" and blank lines are skipped. Errors: corrupt (a token twice, an id out of [0, 2^24), special
  // tokens missing, a merge that is no pair of tokens or makes none), invalid_argument (a fixed token that is not in
  // the vocabulary), limit.
  static Result<ByteBpeTokenizer> create(std::span<const BpeToken> vocabulary, std::string_view merges_txt,
                                         const ByteBpeOptions& options = {});

  // Replaces `out`. Any bytes below 2 GiB will do. Spans leave out spaces at a token's edges; tokens that are parts of
  // one character share its span.
  void tokenize(std::string_view text, Scratch& scratch, TokenSequence& out) const;

  // <s> is cls and </s> is sep.
  const SpecialTokens& special() const { return special_; }
  std::size_t size() const { return size_; }  // one past the greatest id: the height of an embedding table

 private:
  struct Fixed {
    std::string text;
    TokenId id = 0;
    bool takes_space_before = false;
  };
  struct Merge {
    std::uint64_t pair = kFree;
    std::uint32_t rank = 0;
    TokenId merged = 0;
  };
  struct Loader;  // byte_bpe_load.cc
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};

  ByteBpeTokenizer() = default;
  const Fixed* fixed_at(std::string_view text, std::size_t position) const;
  void tokenize_section(std::string_view text, std::size_t begin, std::size_t end, Scratch& scratch,
                        TokenSequence& out) const;
  void read_word(std::string_view text, std::size_t begin, Scratch& scratch) const;
  void append_bytes(std::string_view bytes, const TokenPlace& place, Scratch& scratch) const;
  void merge_word(Scratch& scratch) const;
  void consider(std::int32_t left, Scratch& scratch) const;
  static std::uint64_t pair_of(TokenId left, TokenId right) {
    return (std::uint64_t{static_cast<std::uint32_t>(left)} << 32) | static_cast<std::uint32_t>(right);
  }
  // Fibonacci hashing: the high half of the product is the mixed one.
  static std::size_t slot_of(std::uint64_t pair, std::size_t mask) {
    return static_cast<std::size_t>(((pair ^ (pair >> 29)) * 0x9e3779b97f4a7c15) >> 32) & mask;
  }
  const Merge* find(std::uint64_t pair) const;
  static void append_tokens(std::string_view text, const Scratch& scratch, TokenSequence& out);

  std::array<TokenId, 256> bytes_{};
  std::vector<Merge> merges_;  // hash table; size is a power of two, at most half full
  std::vector<Fixed> fixed_;   // longest first
  std::array<bool, 256> begins_fixed_token_{};
  SpecialTokens special_;
  std::size_t size_ = 0;
  bool add_prefix_space_ = false;
};

}  // namespace tenor::text
