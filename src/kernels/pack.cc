#include "kernels/pack.h"

namespace tenor::kernels {

std::size_t attention_scratch(std::size_t tokens, std::size_t head_size) {
  constexpr std::size_t kQueryRows = 8;
  const std::size_t keys = round_up(tokens, kLanes), columns = round_up(head_size, kLanes);
  const std::size_t floats = keys * head_size + kQueryRows * keys;  // keys, scores
  // Keys and values, queries and weights in bytes; their scales and sums, scores, and keys of kLanes tokens.
  const std::size_t int8 = (2 * keys * columns + kQueryRows * (columns + keys)) / 4 + 2 * (keys + columns) +
                           kQueryRows * keys + columns * kLanes;
  return floats > int8 ? floats : int8;
}

}  // namespace tenor::kernels
