#include "gate/fusion.h"

#include <algorithm>
#include <cmath>

namespace tenor::gate {

void softmax(std::span<const float> logits, std::span<float> probabilities) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  float sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    probabilities[i] = std::exp(logits[i] - largest);
    sum += probabilities[i];
  }
  for (float& probability : probabilities) probability /= sum;
}

void average(std::span<const float> distributions, std::span<float> fused) {
  const std::size_t labels = fused.size();
  std::fill(fused.begin(), fused.end(), 0.0f);
  for (std::size_t i = 0; i < distributions.size(); ++i) fused[i % labels] += distributions[i];
  const std::size_t experts = distributions.size() / labels;
  for (float& probability : fused) probability /= static_cast<float>(experts);
}

std::size_t decide(std::span<const float> probabilities, std::span<const float> offsets) {
  // No logarithm of zero: a class of probability 0 must lose against any other.
  const auto score = [&](std::size_t i) {
    return offsets.empty() ? probabilities[i] : std::log(std::max(probabilities[i], 1e-30f)) + offsets[i];
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < probabilities.size(); ++i) {
    if (score(i) > score(best)) best = i;
  }
  return best;
}

}  // namespace tenor::gate
