#include "gate/gate.h"

#include <algorithm>
#include <cmath>

namespace tenor::gate {

float expected_gain(const Gate& gate, const TaskNumbers& task, std::size_t step, std::span<const float> features) {
  const GroupNumbers& group = gate.groups[task.group];
  if (step < group.gain_trees.size() && !group.gain_trees[step].empty()) {
    return std::exp(std::min(group.gain_trees[step].sum(features), 0.0f));
  }
  const auto weights = std::span(group.gain).subspan(step * features.size(), features.size());
  return logistic(task.gain_bias[step] + dot(weights, features));
}

std::size_t experts_within(std::span<const Stage> stages, std::span<const std::string> experts) {
  std::size_t count = 0;
  for (const std::string& expert : experts) {
    count += std::any_of(stages.begin(), stages.end(), [&](const Stage& stage) {
      return std::find(stage.experts.begin(), stage.experts.end(), expert) != stage.experts.end();
    });
  }
  return count;
}

}  // namespace tenor::gate
