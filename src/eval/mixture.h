// How much each of several experts counts: a weighted mean of their probabilities, sharpened or flattened, fitted on
// development data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace tenor::eval {

// p = softmax(log(sum_e weight_e p_e) / temperature)
struct Mixture {
  std::vector<double> weights;  // [experts], >= 0, their sum 1
  double temperature = 1;       // > 0
};

// n rows, k classes. Empty spans of two_class and weights mean 0 and 1 for all rows.
struct MixtureData {
  std::size_t experts = 0;
  std::size_t classes = 0;
  std::span<const float> probabilities;     // [n x experts x k], calibrated
  std::span<const std::int8_t> gold;        // [n], 0..k-1; negative: the row is left out
  std::span<const std::uint8_t> two_class;  // [n], 1: the source of the row knows no `masked_class`
  std::span<const float> weights;           // [n], >= 0
  std::size_t masked_class = 1;             // neutral
};

// What is believed before the rows are seen, in nats a unit of squared distance of weights and of ln(temperature).
struct MixturePrior {
  Mixture center;
  double strength = 0;
};

// Equal weights, temperature 1.
Mixture plain_mixture(std::size_t experts);

// Minimises  - sum_i w_i ln p(gold_i | row i is of a class its source knows)  +  strength * distance^2: weights in turn
// exchanged between two experts, and the temperature (0.2 to 5), each by golden-section search; deterministic. A
// useless expert gets a weight of exactly 0. Errors (invalid_argument): no labelled rows, unequal lengths, labels out
// of range, a two-class row whose gold is the masked class, probabilities that are none.
Result<Mixture> fit_mixture(const MixtureData& data, const MixturePrior& prior);

// Mean of -ln p(gold | known classes) over the weighted rows: what fit_mixture lowers (without the prior).
double mixture_loss(const Mixture& mixture, const MixtureData& data);

}  // namespace tenor::eval
