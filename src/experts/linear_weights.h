// The weights of several linear models over the same features, side by side: one sweep scores them all.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "bundle/safetensors.h"
#include "experts/feature_vector.h"

namespace tenor::experts {

// A read-only view of [features, columns] weights in float32, or in int8 with one bf16 scale a feature
// (weight = scale * int8); the arrays must outlive it. Rows are scaled one by one because an n-gram's weights are of
// one size for all columns while n-grams differ by orders of magnitude. Threads may share it.
class LinearWeights {
 public:
  // Reads tensors PREFIXweights, PREFIXscales (int8 only) and PREFIXbias, and checks their shapes and that all numbers
  // are finite. Errors: not_found, corrupt.
  static Result<LinearWeights> open(const bundle::SafeTensors& tensors, const std::string& prefix, std::size_t features,
                                    std::size_t columns);

  // margins[columns] = bias + sum of value * weight. Feature ids must be below features().
  void score(const FeatureVector& features, std::span<float> margins) const;

  // weights[columns] of one feature.
  void row(std::uint32_t feature, std::span<float> weights) const;

  std::size_t columns() const { return bias_.size(); }
  std::span<const float> bias() const { return bias_; }
  bool is_int8() const { return !int8_.empty(); }

 private:
  void score_int8(const FeatureVector& features, std::span<float> margins) const;
  template <std::size_t kColumns>
  void score_int8_columns(const FeatureVector& features, std::span<float> margins) const;
  void prefetch_int8(const FeatureVector& features, std::size_t i) const;
  void score_float(const FeatureVector& features, std::span<float> margins) const;

  std::span<const float> float_;
  std::span<const std::int8_t> int8_;
  std::span<const std::uint16_t> scales_;  // bf16 bits
  std::span<const float> bias_;
};

}  // namespace tenor::experts
