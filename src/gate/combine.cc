#include "gate/combine.h"

#include <array>

#include "gate/fusion.h"

namespace tenor::gate {

void pool_weights(const Gate& gate, const TaskNumbers& numbers, const TextFacts& facts,
                  std::span<const float> distributions, std::span<float> weights) {
  const GroupNumbers& group = gate.groups[numbers.group];
  if (group.mixture.empty()) return;
  std::array<float, kMaxFeatures> features;
  const std::size_t domains = gate.domain.domains.size();
  text_features(facts, domains, features);
  score_features(distributions, group.labels.size(), domains, features);
  mixture_weights(gate, numbers, std::span(features).first(gate.features(numbers)), weights);
}

void combine(const Combination& how, const TextFacts& facts, std::span<const float> distributions, bool all,
             std::span<float> fused) {
  if (all && how.method == Method::weighted && how.weighted != nullptr) {
    return fuse(distributions, *how.weighted, fused);
  }
  if (all && how.numbers != nullptr) {
    if (how.method == Method::stacking && how.numbers->stacking) {
      return stack(distributions, *how.numbers->stacking, fused);
    }
    if (how.method == Method::learned && !how.gate->groups[how.numbers->group].mixture.empty()) {
      std::array<float, kMostExperts> weights;
      const auto used = std::span(weights).first(distributions.size() / fused.size());
      pool_weights(*how.gate, *how.numbers, facts, distributions, used);
      return pool(distributions, used, how.numbers->temperature, fused);
    }
  }
  average(distributions, fused);
}

}  // namespace tenor::gate
