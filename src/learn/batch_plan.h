// Which texts go through the encoder together, and in which order: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tenor::learn {

struct BatchOptions {
  std::size_t tokens = 4096;   // of one micro-batch, padding included
  std::size_t window = 32768;  // texts that are sorted by length together
};

// Micro-batches of one epoch as lists of text numbers: all texts, shuffled, then grouped by length within windows so
// that padding is rare, and the groups shuffled again. The same for a seed and epoch. `lengths` are in tokens, at least
// 1; a text longer than options.tokens is a batch of its own.
std::vector<std::vector<std::uint32_t>> plan_epoch(std::span<const std::uint32_t> lengths, const BatchOptions& options,
                                                   std::uint64_t seed, std::uint64_t epoch);

}  // namespace tenor::learn
