#include "gate/pool.h"

#include <array>

#include "gate/features.h"
#include "gate/fusion.h"
#include "gate/method.h"

namespace tenor::gate {

void mixture_weights(const Pool& pool, std::span<const float> features, std::span<float> weights) {
  for (std::size_t e = 0; e < weights.size(); ++e) {
    const auto row = std::span(pool.mixture).subspan(e * features.size(), features.size());
    weights[e] = pool.mixture_bias[e] + dot(row, features);
  }
  softmax(weights, weights);
}

void answer(const Pool& pool, std::span<const float> bias, std::span<const float> features,
            std::span<const float> distributions, std::span<float> fused) {
  const std::size_t labels = fused.size(), inputs = distributions.size();
  std::array<float, kMostExperts> weights;
  std::array<float, kMaxGateLabels> logits;
  mixture_weights(pool, features, std::span(weights).first(pool.experts()));
  for (std::size_t l = 0; l < labels; ++l) {
    fused[l] = bias[l] + dot(std::span(pool.shift).subspan(l * features.size(), features.size()), features);
  }
  for (std::size_t e = 0; e < pool.experts(); ++e) {
    centred_logits(distributions.subspan(e * labels, labels), std::span(logits).first(labels));
    for (std::size_t l = 0; l < labels; ++l) {
      const float* row = pool.residual.data() + l * inputs + e * labels;
      fused[l] += weights[e] / pool.temperature * logits[l];
      for (std::size_t i = 0; i < labels; ++i) fused[l] += row[i] * logits[i];
    }
  }
  softmax(fused, fused);
}

}  // namespace tenor::gate
