// Which tokens a model has to guess: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"

namespace tenor::learn {

struct MaskOptions {
  double rate = 0.15;    // share of the tokens to be guessed
  double keep = 0.1;     // of those, left as they are
  double replace = 0.1;  // of those, replaced by any token; the others become [MASK]
  std::int64_t mask_id = 0;
  std::int64_t first_plain = 5;  // ids below it are special and never chosen
  std::int64_t vocabulary = 0;
};

// Whole words are guessed: a token for which continues[id] is set goes with the token before it. `ids` [texts, length]
// row-major is changed in place; the answer lists the places and what stood there. The number of places is `rate` of
// the plain tokens, rounded up, as far as whole words allow.
struct Masked {
  std::vector<std::int64_t> places;  // into ids, rising
  std::vector<std::int64_t> answers;
};
Masked mask_tokens(std::span<std::int64_t> ids, std::size_t length, std::span<const std::uint8_t> continues,
                   const MaskOptions& options, Random& random);

}  // namespace tenor::learn
