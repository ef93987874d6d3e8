// Learning rates: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "learn/parameters.h"

namespace tenor::learn {

enum class Decay { constant, linear, cosine };
std::optional<Decay> parse_decay(std::string_view name);

struct Schedule {
  double peak = 1e-4;
  double warmup = 0.06;  // share of all steps over which the rate rises in a straight line
  double floor = 0;      // share of the peak that is left at the end
  Decay decay = Decay::linear;
};

// Rate of step `step` of `total`, counted from 0.
double learning_rate(const Schedule& schedule, std::uint64_t step, std::uint64_t total);

// One factor a parameter: 1 for everything above the layers, `decay` to the power of the number of layers above
// for a layer, and one power more for the embeddings (Howard and Ruder 2018; Clark et al. 2020).
std::vector<double> layerwise_factors(const Parameters& parameters, std::size_t layers, double decay);

// Whether weight decay applies: to matrices, not to biases and norms.
bool decays(std::string_view name);

}  // namespace tenor::learn
