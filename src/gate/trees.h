// A sum of regression trees: what boosting fits, read from gate.json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace tenor::gate {

// Immutable, thread-safe.
class Trees {
 public:
  static constexpr std::size_t kMostNodes = 100'000;
  static constexpr std::int16_t kLeaf = -1;

  // Nodes of all trees, one tree after the other, each node before its two branches and the first branch before the
  // second: split[node] is the feature that it asks about, or kLeaf; value[node] below what the feature leads to the
  // first branch, or what the leaf adds. corrupt: splits outside of `features`, other counts, a tree that ends early.
  static Result<Trees> make(std::vector<std::int16_t> split, std::vector<float> value, std::size_t features);

  Trees() = default;  // none: 0 for everything
  bool empty() const { return split_.empty(); }
  std::span<const std::int16_t> split() const { return split_; }
  std::span<const float> value() const { return value_; }

  // features[features of make()].
  float sum(std::span<const float> features) const;

  friend bool operator==(const Trees&, const Trees&) = default;

 private:
  std::vector<std::int16_t> split_;
  std::vector<float> value_;
  std::vector<std::uint32_t> second_;  // [nodes]: place of the second branch
  std::vector<std::uint32_t> roots_;
};

}  // namespace tenor::gate
