#include "gate/features.h"

#include <algorithm>
#include <cmath>

#include "gate/fusion.h"

namespace tenor::gate {

namespace {

constexpr std::size_t kTextFeatures = 9;
constexpr std::size_t kScoreFeatures = 6;   // and one a label
constexpr std::size_t kAnswerFeatures = 4;  // and one a label

// How sure a distribution is: top, margin, squared margin, entropy.
void certainty(std::span<const float> distribution, std::span<float> out) {
  float first = 0, second = 0, entropy = 0;
  for (const float p : distribution) {
    second = std::max(second, std::min(first, p));
    first = std::max(first, p);
    entropy -= p > 0 ? p * std::log(p) : 0;
  }
  out[0] = first;
  out[1] = first - second;
  out[2] = out[1] * out[1];
  out[3] = entropy;
}

}  // namespace

std::vector<std::string> feature_names(std::span<const std::string> domains, std::span<const std::string> labels) {
  std::vector<std::string> names = {"length",   "unknown",     "han",      "latin", "negation",
                                    "contrast", "exclamation", "question", "emoji"};
  for (const std::string& domain : domains) names.push_back("domain:" + domain);
  for (const char* name : {"top", "margin", "squared_margin", "entropy", "disagreement", "split"}) {
    names.emplace_back(name);
  }
  for (const std::string& label : labels) names.push_back("label:" + label);
  return names;
}

std::size_t feature_count(std::size_t domains, std::size_t labels) {
  return kTextFeatures + domains + kScoreFeatures + labels;
}

void text_features(const TextFacts& facts, std::size_t domains, std::span<float> features) {
  const auto few = [](float count) { return std::min(count, 4.0f) / 4; };
  features[0] = std::log2(1 + facts.characters) / 10;
  features[1] = facts.unknown;
  features[2] = facts.han;
  features[3] = facts.latin;
  features[4] = few(facts.negations);
  features[5] = few(facts.contrasts);
  features[6] = few(facts.exclamations);
  features[7] = few(facts.questions);
  features[8] = few(facts.emoji);
  std::copy_n(facts.domains.begin(), domains, features.begin() + kTextFeatures);
}

void score_features(std::span<const float> distributions, std::size_t labels, std::size_t domains,
                    std::span<float> features) {
  const std::size_t experts = distributions.size() / labels;
  const auto out = features.subspan(kTextFeatures + domains);
  const auto mean = out.subspan(kScoreFeatures, labels);
  average(distributions, mean);
  certainty(mean, out);
  float disagreement = 0, split = 0;
  const std::size_t label = decide(mean, {});
  for (std::size_t e = 0; e < experts; ++e) {
    const auto p = distributions.subspan(e * labels, labels);
    for (std::size_t l = 0; l < labels; ++l) disagreement += std::fabs(p[l] - mean[l]);
    split += decide(p, {}) == label ? 0.0f : 1.0f;
  }
  out[4] = disagreement / static_cast<float>(experts);
  out[5] = split / static_cast<float>(experts);
}

std::size_t answer_feature_count(std::size_t labels) {
  return kAnswerFeatures + labels;
}

void answer_features(std::span<const float> answer, std::span<float> features) {
  certainty(answer, features);
  std::copy(answer.begin(), answer.end(), features.begin() + kAnswerFeatures);
}

float dot(std::span<const float> weights, std::span<const float> features) {
  float sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * features[i];
  return sum;
}

float logistic(float x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

void DomainCue::find(std::span<const char32_t> chars, std::span<float> probabilities) const {
  const std::size_t count = domains.size();
  if (count == 0) return;
  std::array<std::int64_t, kMaxDomains> sums{};
  for (std::size_t i = 0; i + 1 < chars.size(); ++i) {
    const std::int8_t* row = weights.data() + bucket(chars[i], chars[i + 1]) * count;
    for (std::size_t d = 0; d < count; ++d) sums[d] += row[d];
  }
  const float pairs = std::max(1.0f, static_cast<float>(chars.size()) - 1);
  for (std::size_t d = 0; d < count; ++d) probabilities[d] = bias[d] + scale * static_cast<float>(sums[d]) / pairs;
  softmax(probabilities.first(count), probabilities.first(count));
}

}  // namespace tenor::gate
