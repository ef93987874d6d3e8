#include "kernels/pack.h"

#include <bit>

namespace tenor::kernels {

std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (value != value) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

float from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::size_t attention_scratch(std::size_t tokens, std::size_t head_size) {
  const std::size_t padded = round_up(tokens, kLanes);
  return padded * head_size + 8 * padded;  // keys, and the scores of a block of queries
}

}  // namespace tenor::kernels
