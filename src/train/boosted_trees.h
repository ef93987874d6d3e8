// Regression trees fitted by gradient boosting (Friedman 2001; Chen and Guestrin 2016), with XGBoost.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "gate/trees.h"

namespace tenor::train {

struct BoostingOptions {
  int rounds = 200;  // trees
  int leaves = 8;    // of a tree, at most
  double rate = 0.07;
  double least_in_leaf = 0.5;  // sum of what is expected of its rows
};

// Trees whose sum is the logarithm of what is expected of a row, by the greatest Poisson likelihood of `targets`: small
// expectations are told apart by their ratios, as decisions by gain against cost need it, and none is negative.
// x[rows, features], targets[rows] 0 or more, weights[rows]. One thread, no chance: equal input gives equal trees.
// Errors: invalid_argument (counts that do not fit, no row with a target above 0), unsupported (what XGBoost says).
Result<gate::Trees> fit_boosted_trees(std::span<const float> x, std::size_t features, std::span<const float> targets,
                                      std::span<const float> weights, const BoostingOptions& options);

}  // namespace tenor::train
