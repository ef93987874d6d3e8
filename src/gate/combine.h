// The one place where experts' distributions become one answer, for serving and for fitting alike. Pure.
#pragma once

#include <cstddef>
#include <span>

#include "gate/gate.h"
#include "gate/task_fusion.h"

namespace tenor::gate {

// How a task's answers are combined. Null: not fitted.
struct Combination {
  Method method = Method::average;
  const TaskFusion* weighted = nullptr;
  const Gate* gate = nullptr;
  const TaskNumbers* numbers = nullptr;  // of the gate
  std::size_t stages = 0;                // that were asked
};

// `distributions` [experts, labels] of those that were asked; `all`: these are all that score the task. Methods that
// were fitted to all experts say nothing of some of them: then, and where numbers are missing, it is their average. The
// learned one has numbers for every stage.
void combine(const Combination& how, const TextFacts& facts, std::span<const float> distributions, bool all,
             std::span<float> fused);

// What a gain is told by, features[Gate::gain_feature_count()]; `how` has a gate, numbers and the stages asked so far.
void gain_features(const Combination& how, const TextFacts& facts, std::span<const float> distributions, bool all,
                   std::span<float> features);

// What each expert that was asked counts in the learned pool: weights[experts]. They stay as they are where none was
// fitted.
void pool_weights(const Combination& how, const TextFacts& facts, std::span<const float> distributions,
                  std::span<float> weights);

}  // namespace tenor::gate
