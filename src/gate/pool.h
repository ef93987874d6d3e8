// The learned answer: a mixture of experts (Jacobs et al. 1991) whose weights depend on the text, and what a linear
// model over all their logits and the text's features adds to it (feature-weighted stacking, Sill et al. 2009). Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tenor::gate {

// Of the experts that were asked, by tasks with the same labels; F features.
struct Pool {
  std::vector<float> mixture;       // [experts, F]
  std::vector<float> mixture_bias;  // [experts]
  float temperature = 1;            // of the mixture
  std::vector<float> residual;      // [labels, experts * labels]
  std::vector<float> shift;         // [labels, F]

  std::size_t experts() const { return mixture_bias.size(); }  // 0: not fitted
  friend bool operator==(const Pool&, const Pool&) = default;
};

// weights[experts], at least 0, their sum 1.
void mixture_weights(const Pool& pool, std::span<const float> features, std::span<float> weights);

// softmax(sum_e w_e z_e / temperature + residual z + shift features + bias), z being the centred logits of
// `distributions` [experts, labels] and `bias` [labels] the task's own.
void answer(const Pool& pool, std::span<const float> bias, std::span<const float> features,
            std::span<const float> distributions, std::span<float> fused);

}  // namespace tenor::gate
