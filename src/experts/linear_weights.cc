#include "experts/linear_weights.h"

#include <algorithm>
#include <array>

#include "base/bf16.h"
#include "experts/finite.h"

namespace tenor::experts {

namespace {

constexpr std::size_t kRowsAhead = 8;

template <class Weight>
void add_scaled(float factor, const Weight* row, std::size_t columns, float* sums) {
  for (std::size_t c = 0; c < columns; ++c) sums[c] += factor * static_cast<float>(row[c]);
}

}  // namespace

Result<LinearWeights> LinearWeights::open(const bundle::SafeTensors& tensors, const std::string& prefix,
                                          std::size_t features, std::size_t columns) {
  LinearWeights weights;
  const auto bias = tensors.values<float>(prefix + "bias", {columns});
  if (!bias) return tl::unexpected(bias.error());
  if (auto status = check_finite(*bias, prefix + "bias"); !status) return tl::unexpected(status.error());
  weights.bias_ = *bias;
  const auto view = tensors.get(prefix + "weights");
  if (!view) return tl::unexpected(view.error());
  if (view->dtype == bundle::DType::i8) {
    const auto numbers = tensors.values<std::int8_t>(prefix + "weights", {features, columns});
    if (!numbers) return tl::unexpected(numbers.error());
    const auto scales = tensors.values<std::uint16_t>(prefix + "scales", {features});
    if (!scales) return tl::unexpected(scales.error());
    if (auto status = check_finite_bf16(*scales, prefix + "scales"); !status) return tl::unexpected(status.error());
    weights.int8_ = *numbers;
    weights.scales_ = *scales;
  } else {
    const auto numbers = tensors.values<float>(prefix + "weights", {features, columns});
    if (!numbers) return tl::unexpected(numbers.error());
    if (auto status = check_finite(*numbers, prefix + "weights"); !status) return tl::unexpected(status.error());
    weights.float_ = *numbers;
  }
  return weights;
}

void LinearWeights::score(const FeatureVector& features, std::span<float> margins) const {
  std::copy(bias_.begin(), bias_.end(), margins.begin());
  if (is_int8()) {
    score_int8(features, margins);
  } else {
    score_float(features, margins);
  }
}

// What feature i will read, while earlier ones are summed up.
inline void LinearWeights::prefetch_int8(const FeatureVector& features, std::size_t i) const {
  if (i >= features.ids.size()) return;
  __builtin_prefetch(int8_.data() + features.ids[i] * columns());
  __builtin_prefetch(scales_.data() + features.ids[i]);
}

void LinearWeights::score_int8(const FeatureVector& features, std::span<float> margins) const {
  if (columns() == 6) return score_int8_columns<6>(features, margins);  // two experts, three classes
  const std::size_t width = columns();
  for (std::size_t i = 0; i < features.ids.size(); ++i) {
    prefetch_int8(features, i + kRowsAhead);
    const std::uint32_t id = features.ids[i];
    add_scaled(features.values[i] * bf16_to_float(scales_[id]), int8_.data() + id * width, width, margins.data());
  }
}

// The same for a number of columns that the compiler knows. The sums are a local array because int8 weights may alias
// anything: sums in `margins` would be stored and loaded again for every weight.
template <std::size_t kColumns>
void LinearWeights::score_int8_columns(const FeatureVector& features, std::span<float> margins) const {
  std::array<float, kColumns> sums;
  std::copy_n(margins.begin(), kColumns, sums.begin());
  for (std::size_t i = 0; i < features.ids.size(); ++i) {
    prefetch_int8(features, i + kRowsAhead);
    const std::uint32_t id = features.ids[i];
    add_scaled(features.values[i] * bf16_to_float(scales_[id]), int8_.data() + id * kColumns, kColumns, sums.data());
  }
  std::copy(sums.begin(), sums.end(), margins.begin());
}

void LinearWeights::score_float(const FeatureVector& features, std::span<float> margins) const {
  const std::size_t width = columns();
  for (std::size_t i = 0; i < features.ids.size(); ++i) {
    add_scaled(features.values[i], float_.data() + features.ids[i] * width, width, margins.data());
  }
}

void LinearWeights::row(std::uint32_t feature, std::span<float> weights) const {
  const std::size_t width = columns();
  for (std::size_t c = 0; c < width; ++c) {
    weights[c] = is_int8() ? bf16_to_float(scales_[feature]) * static_cast<float>(int8_[feature * width + c])
                           : float_[feature * width + c];
  }
}

}  // namespace tenor::experts
