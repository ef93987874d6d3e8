// What the gate looks at: a few numbers about a text and about what the experts that were asked say of a task.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tenor::gate {

inline constexpr std::size_t kMaxGateLabels = 4;
inline constexpr std::size_t kMaxDomains = 8;

// Of one text.
struct TextFacts {
  float characters = 0;
  float unknown = 0;  // share of its n-grams that no linear expert knows
  float han = 0, latin = 0;
  float negations = 0, contrasts = 0, exclamations = 0, questions = 0, emoji = 0;  // counts
  std::array<float, kMaxDomains> domains{};                                        // probabilities, of DomainCue
};

// The names of features, in the order of every weight vector: those of the text, of the domains, of the task's scores.
std::vector<std::string> feature_names(std::span<const std::string> domains, std::span<const std::string> labels);
std::size_t feature_count(std::size_t domains, std::size_t labels);
inline constexpr std::size_t kMaxFeatures = 9 + kMaxDomains + 6 + kMaxGateLabels;

// The same for all tasks of a text: features[0, 9 + domains).
void text_features(const TextFacts& facts, std::size_t domains, std::span<float> features);

// The rest of features[feature_count]: `distributions` are those of the experts that were asked, [experts, labels].
void score_features(std::span<const float> distributions, std::size_t labels, std::size_t domains,
                    std::span<float> features);

// What the answer so far looks like: its features[answer_feature_count(labels)], after those above where a gain is
// told. Beside them it says what they cannot: the experts are far from equal, and their mean is not the answer.
inline constexpr std::size_t kMaxAnswerFeatures = 4 + kMaxGateLabels;
std::size_t answer_feature_count(std::size_t labels);
void answer_features(std::span<const float> answer, std::span<float> features);

float dot(std::span<const float> weights, std::span<const float> features);
float logistic(float x);

// Which domain a text reads like: a linear model over hashed pairs of neighbouring characters, without a feature space
// of its own. Immutable.
struct DomainCue {
  static constexpr std::size_t kBuckets = 4096;

  std::vector<std::string> domains;  // none: no cue
  std::vector<std::int8_t> weights;  // [kBuckets, domains]
  float scale = 0;                   // of the weights
  std::vector<float> bias;           // [domains]

  static std::uint32_t bucket(char32_t first, char32_t second) {
    const std::uint32_t mixed =
        static_cast<std::uint32_t>(first) * 0x9E3779B1U ^ static_cast<std::uint32_t>(second) * 0x85EBCA6BU;
    return (mixed * 0xC2B2AE35U) >> 20;
  }
  // probabilities[domains]; `chars` are normalised.
  void find(std::span<const char32_t> chars, std::span<float> probabilities) const;
};

}  // namespace tenor::gate
