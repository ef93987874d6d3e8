#include "gate/combine.h"

#include <array>

#include "gate/fusion.h"

namespace tenor::gate {

namespace {

void pool_by_features(const Gate& gate, const TaskNumbers& numbers, const TextFacts& facts,
                      std::span<const float> distributions, std::span<float> fused) {
  std::array<float, kMaxFeatures> features;
  std::array<float, kMostExperts> weights;
  const std::size_t domains = gate.domain.domains.size(), experts = distributions.size() / fused.size();
  text_features(facts, domains, features);
  score_features(distributions, fused.size(), domains, features);
  const auto used = std::span(weights).first(experts);
  mixture_weights(gate, numbers, std::span(features).first(gate.features(numbers)), used);
  pool(distributions, used, numbers.temperature, fused);
}

}  // namespace

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
      return pool_by_features(*how.gate, *how.numbers, facts, distributions, fused);
    }
  }
  average(distributions, fused);
}

}  // namespace tenor::gate
