#include "gate/gate.h"

#include "gate/fusion.h"

namespace tenor::gate {

float expected_gain(const Gate& gate, const TaskNumbers& task, std::size_t step, std::span<const float> features) {
  const auto weights = std::span(gate.groups[task.group].gain).subspan(step * features.size(), features.size());
  return logistic(task.gain_bias[step] + dot(weights, features));
}

void mixture_weights(const Gate& gate, const TaskNumbers& task, std::span<const float> features,
                     std::span<float> weights) {
  const std::span<const float> rows = gate.groups[task.group].mixture;
  for (std::size_t e = 0; e < weights.size(); ++e) {
    weights[e] = task.mixture_bias[e] + dot(rows.subspan(e * features.size(), features.size()), features);
  }
  softmax(weights, weights);
}

}  // namespace tenor::gate
