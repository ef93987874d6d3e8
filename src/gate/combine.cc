#include "gate/combine.h"

#include <array>

#include "gate/fusion.h"

namespace tenor::gate {

namespace {

// Null: not fitted.
const Pool* pool_of(const Combination& how, std::size_t experts) {
  if (how.numbers == nullptr || how.stages == 0) return nullptr;
  const Pool& pool = how.gate->groups[how.numbers->group].pools[how.stages - 1];
  return pool.experts() > 0 && pool.experts() == experts ? &pool : nullptr;
}

// [kMaxFeatures], as many as are used.
std::span<const float> features_of(const Combination& how, const TextFacts& facts, std::span<const float> distributions,
                                   std::span<float> features) {
  const std::size_t domains = how.gate->domain.domains.size();
  text_features(facts, domains, features);
  score_features(distributions, how.gate->groups[how.numbers->group].labels.size(), domains, features);
  return features.first(how.gate->features(*how.numbers));
}

// Null: the answer is not the learned pool's.
const Pool* answering_pool(const Combination& how, std::span<const float> distributions, std::size_t labels) {
  return how.method == Method::learned ? pool_of(how, distributions.size() / labels) : nullptr;
}

void answer_by(const Pool& pool, const Combination& how, std::span<const float> features,
               std::span<const float> distributions, std::span<float> fused) {
  const auto bias = std::span(how.numbers->pool_bias).subspan((how.stages - 1) * fused.size(), fused.size());
  answer(pool, bias, features, distributions, fused);
}

}  // namespace

void pool_weights(const Combination& how, const TextFacts& facts, std::span<const float> distributions,
                  std::span<float> weights) {
  const Pool* pool = pool_of(how, weights.size());
  if (pool == nullptr) return;
  std::array<float, kMaxFeatures> features;
  mixture_weights(*pool, features_of(how, facts, distributions, features), weights);
}

void combine(const Combination& how, const TextFacts& facts, std::span<const float> distributions, bool all,
             std::span<float> fused) {
  if (all && how.method == Method::weighted && how.weighted != nullptr) {
    return fuse(distributions, *how.weighted, fused);
  }
  if (all && how.method == Method::stacking && how.numbers != nullptr && how.numbers->stacking) {
    return stack(distributions, *how.numbers->stacking, fused);
  }
  const Pool* pool = answering_pool(how, distributions, fused.size());
  if (pool == nullptr) return average(distributions, fused);
  std::array<float, kMaxFeatures> features;
  answer_by(*pool, how, features_of(how, facts, distributions, features), distributions, fused);
}

void gain_features(const Combination& how, const TextFacts& facts, std::span<const float> distributions, bool all,
                   std::span<float> features) {
  const auto of_scores = features_of(how, facts, distributions, features);
  std::array<float, kMaxGateLabels> probabilities;
  const auto fused = std::span(probabilities).first(how.gate->groups[how.numbers->group].labels.size());
  const Pool* pool = answering_pool(how, distributions, fused.size());
  pool != nullptr ? answer_by(*pool, how, of_scores, distributions, fused)
                  : combine(how, facts, distributions, all, fused);
  answer_features(fused, features.subspan(of_scores.size()));
}

}  // namespace tenor::gate
