// Ways to make one answer of several experts'. Pure functions on small arrays; `distributions` is [experts, labels],
// row-major, calibrated, and `fused` has `labels` entries.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tenor::gate {

inline constexpr std::size_t kMostExperts = 64;  // that a gate weighs

enum class Method {
  vote,      // the label that most experts chose, of equals the one more probable on average; averaged probabilities
  average,   // the mean of the calibrated probabilities
  weighted,  // the same with weights and a temperature a task, fitted on development rows (TaskFusion)
  stacking,  // a logistic regression over all experts' logits a task (Wolpert 1992)
  learned,   // weights that depend on the text, and what corrects them (Pool)
};
inline constexpr Method kMethods[] = {Method::vote, Method::average, Method::weighted, Method::stacking,
                                      Method::learned};
const char* to_string(Method method);
std::optional<Method> parse_method(std::string_view name);

// Index of the label that most experts hold for the most probable.
std::size_t vote(std::span<const float> distributions, std::size_t labels);

// softmax(bias + weights x logits), the logits being centred logarithms of probabilities.
struct Stacking {
  std::vector<float> weights;  // [labels, experts * labels]
  std::vector<float> bias;     // [labels]
};
void stack(std::span<const float> distributions, const Stacking& stacking, std::span<float> fused);

// Logarithms of probabilities less their mean: logits whatever the scale of the softmax. Floored at log(1e-6), beyond
// which a probability says nothing that was measured. In place allowed.
void centred_logits(std::span<const float> probabilities, std::span<float> logits);

}  // namespace tenor::gate
