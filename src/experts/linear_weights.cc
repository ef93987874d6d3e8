#include "experts/linear_weights.h"

#include <algorithm>

#include "experts/finite.h"

namespace tenor::experts {

namespace {

constexpr std::size_t kPrefetchDistance = 8;

// A fixed number of columns lets the compiler keep the sums in registers and the loop without tests.
template <std::size_t kColumns, class Weight>
void add_scaled_fixed(float factor, const Weight* row, float* sums) {
  for (std::size_t c = 0; c < kColumns; ++c) sums[c] += factor * static_cast<float>(row[c]);
}

template <class Weight>
void add_scaled(float factor, const Weight* row, std::size_t columns, float* sums) {
  if (columns == 6) return add_scaled_fixed<6>(factor, row, sums);  // two experts, three classes
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

void LinearWeights::score_int8(const FeatureVector& features, std::span<float> margins) const {
  const std::size_t width = columns();
  const std::size_t n = features.ids.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (i + kPrefetchDistance < n) {
      const std::uint32_t ahead = features.ids[i + kPrefetchDistance];
      __builtin_prefetch(int8_.data() + ahead * width);
      __builtin_prefetch(scales_.data() + ahead);
    }
    const std::uint32_t id = features.ids[i];
    add_scaled(features.values[i] * bf16_to_float(scales_[id]), int8_.data() + id * width, width, margins.data());
  }
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
