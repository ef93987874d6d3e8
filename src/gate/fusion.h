// Scores of several experts -> one answer a task. Pure functions on small arrays.
#pragma once

#include <cstddef>
#include <span>

namespace tenor::gate {

// probabilities[i] = exp(logits[i]) / sum; both of the same, positive length; finite logits.
void softmax(std::span<const float> logits, std::span<float> probabilities);

// Mean of the experts' distributions: `distributions` is [experts, labels], row-major; `fused` has `labels` entries.
void average(std::span<const float> distributions, std::span<float> fused);

// Index of the largest log(probability) + offset; the first of equals. Offsets move the decision of a task with rare
// classes towards what its measure rewards (macro-F1) and leave the probabilities as they are. Empty: none.
std::size_t decide(std::span<const float> probabilities, std::span<const float> offsets);

}  // namespace tenor::gate
