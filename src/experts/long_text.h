// What an encoder reads of a text with more tokens than it has positions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "bundle/json_object.h"
#include "text/tokenizer.h"
#include "text/windows.h"

namespace tenor::experts {

// "long_text" of an encoder's settings.
struct LongText {
  enum class Method { head_tail, windows } method = Method::head_tail;
  double head_share = 0.25;  // head_tail: of the tokens read, from the text's beginning
  std::size_t overlap = 64;  // windows: tokens that neighbours share
};

// Errors: corrupt, unsupported (another method).
Result<LongText> read_long_text(const bundle::JsonObject& settings);

// What became of a text.
struct Coverage {
  std::uint32_t tokens = 0;   // of the whole text, special tokens not counted
  std::uint32_t windows = 0;  // sequences that the encoder read
  float coverage = 1;         // share of the tokens that were read at least once
  bool truncated = false;     // coverage is below 1
  std::uint32_t unknown = 0;  // [UNK] among the tokens of the whole text
};

// Sequences for an encoder: ids with special tokens, one after the other.
struct Sequences {
  std::vector<text::TokenId> ids;
  std::vector<std::uint32_t> begins;  // [sequences + 1]
  void clear() {
    ids.clear();
    begins.assign(1, 0);
  }
};

// The ranges of a text's tokens that its sequences hold: head and tail of one sequence, or a sequence each.
text::WindowPlan plan_sequences(std::size_t tokens, const LongText& method, std::size_t max_tokens);

// Appends one text's sequences of at most max_tokens (special tokens included, >= 3) ids each. head_tail makes one of
// them; windows cover everything.
Coverage append_sequences(std::span<const text::TokenId> tokens, const text::SpecialTokens& special,
                          const LongText& method, std::size_t max_tokens, Sequences& out);

}  // namespace tenor::experts
