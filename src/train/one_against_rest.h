// Which rows make which binary problem, and with what weight.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "train/linear_config.h"
#include "train/linear_solver.h"

namespace tenor::train {

// Weights of the rows for their overall label: source_weights, times (rows of the source / (its classes x rows of this
// class in it)) ^ source_balance, or the source's own of source_balances.
std::vector<double> row_weights(const data::Dataset& dataset, const SpaceConfig& space);

// 1 where the row's source has no neutral class.
std::vector<std::uint8_t> two_class_rows(const data::Dataset& dataset, const SpaceConfig& space);

struct LabelledRows {
  std::span<const std::int8_t> labels;      // [rows] of one task: places in its labels, negative: unlabelled
  std::span<const double> weights;          // [rows]
  std::span<const std::uint8_t> two_class;  // [rows]
};

// Label `place` against the others. Unlabelled rows are left out; where the label is `neutral`, two-class rows are
// weighted by two_class_neutral_weight, because a review that such a source calls positive may be lukewarm.
BinaryProblem one_against_rest(const LabelledRows& rows, std::int8_t place, bool neutral, const SpaceConfig& space);

// Factors of the two sides so that with class_balance 1 both weigh the same: (all / (2 side)) ^ class_balance.
struct SideWeights {
  double positive = 1;
  double negative = 1;
};
SideWeights side_weights(const BinaryProblem& problem, double class_balance);

}  // namespace tenor::train
