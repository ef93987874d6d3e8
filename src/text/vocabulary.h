// Tokens <-> ids, as a BERT vocab.txt lists them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenor::text {

using TokenId = std::int32_t;

struct SpecialTokens {
  TokenId pad = 0;
  TokenId unk = 0;
  TokenId cls = 0;
  TokenId sep = 0;
  TokenId mask = 0;
};

// The token list of one model: one arena of text and one open-addressing hash table, so that a lookup of a
// string_view neither allocates nor chases pointers. Immutable once made: threads share it freely.
// It knows nothing about how text is split: that is WordPieceTokenizer's work.
class Vocabulary {
 public:
  // A token that goes on with a word carries this prefix in the list.
  static constexpr std::string_view kContinuationPrefix = "##";
  static constexpr std::size_t kMaxTokenBytes = 512;

  struct Prefix {
    TokenId id = 0;
    std::size_t length = 0;  // bytes of the word that the token covers
  };

  // The bytes of a vocab.txt: UTF-8, one token a line, the line's number from 0 being the token's id. A byte order
  // mark, CR before LF and trailing white space of a line are ignored (Hugging Face trims lines, too), as are blank
  // lines at the end. A blank line in between uses up its id. Of a token listed twice the later id is found, as in
  // Hugging Face; the earlier id still has its text and counts in size(), which is the height of an embedding table.
  // Errors: corrupt (not UTF-8; special tokens missing: all are named), limit (a token over kMaxTokenBytes, a list
  // over 1 GiB).
  static Result<Vocabulary> parse(std::string_view vocab_txt);

  std::size_t size() const { return ends_.size(); }
  const SpecialTokens& special() const { return special_; }

  std::optional<TokenId> find(std::string_view token) const;

  // The longest token that begins `word`; with `continuation` the longest "##" token that does. `word` is UTF-8, so
  // the match ends between two characters.
  std::optional<Prefix> longest_prefix(std::string_view word, bool continuation) const;

  // Text of the token, "##" included; empty for an id outside [0, size()).
  std::string_view token(TokenId id) const;

 private:
  struct Slot {
    std::uint32_t hash = 0;
    TokenId id = -1;  // -1: free
  };

  Vocabulary() = default;
  Status read_lines(std::string_view vocab_txt);
  Status find_special_tokens();
  void build_table();
  std::optional<TokenId> lookup(std::uint32_t hash, std::string_view prefix, std::string_view rest) const;

  std::string arena_;                // all tokens, one after another
  std::vector<std::uint32_t> ends_;  // id -> end of its token in arena_
  std::vector<Slot> table_;          // size is a power of two, at most half full
  std::size_t longest_token_ = 0;    // bytes
  SpecialTokens special_;
};

}  // namespace tenor::text
