// Offsets that move a task's decisions towards its rare classes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tenor::train {

struct OffsetData {
  std::size_t labels = 0;                // k
  std::span<const float> probabilities;  // [n, k], calibrated and fused
  std::span<const std::int8_t> gold;     // [n], negative: left out
  // The label that is counted as another one (aspects: not_mentioned as neutral), as the measure for aspects does.
  std::optional<std::size_t> merged;
  std::size_t merged_into = 0;
};

struct OffsetOptions {
  double limit = 1;       // offsets are between -limit and limit
  double penalty = 0;     // macro-F1 that a logit of offset, summed over labels, must earn
  double accuracy = 0.5;  // weight of accuracy beside macro-F1
};

// Offsets [k] for gate::decide that raise macro-F1 + accuracy * weight - penalty * sum |offset| on these rows:
// coordinate search on a grid of tenths, from zero, deterministic. The last label's offset stays 0 (only differences
// matter). With few rows of a class a large offset fits noise; the penalty is what keeps it small.
std::vector<float> fit_offsets(const OffsetData& data, const OffsetOptions& options);

// Macro-F1 over the classes that occur in gold or predictions, after merging; what fit_offsets raises.
double merged_macro_f1(const OffsetData& data, std::span<const float> offsets);

}  // namespace tenor::train
