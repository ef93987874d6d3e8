// Finds labels that are probably wrong, from what models say that never saw them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"

namespace tenor::eval {

// n rows of one task, k classes.
struct ConfidentData {
  std::size_t classes = 0;
  std::span<const float> probabilities;     // [n x k], out of fold: of a model that was not trained on the row
  std::span<const std::int8_t> given;       // [n], 0..k-1; negative: the row is left out
  std::optional<std::size_t> masked_class;  // a class that the rows' source does not know: its probability is shared
                                            // out among the others
};

struct SuspiciousRow {
  std::size_t row = 0;
  std::int8_t given = 0;
  std::int8_t suggested = 0;
  double margin = 0;  // p(given) - largest p of another class: -1..0, the lower the more suspicious
};

struct ConfidentLearning {
  std::vector<double> thresholds;     // [k]: mean p(c) of the rows given c; infinite where there are none
  std::vector<std::uint64_t> counts;  // [k x k], given x confident class: the confident joint
  std::vector<double> joint;          // [k x k], given x true class: estimated shares of all rows, summing to 1
  std::vector<SuspiciousRow> rows;    // by margin, then by row
};

// Confident learning (Northcutt, Jiang, Chuang: "Confident learning: estimating uncertainty in dataset labels", JAIR
// 2021): a row is confidently of the most probable class among those whose probability reaches the class's threshold.
// Suspicious are rows confidently of another class than the one given, unless the one given is still the most probable.
// The joint is the counts with every row of the matrix scaled to the number of rows given that class. Pure;
// thread-safe. Errors (invalid_argument): lengths that do not agree, labels out of range or masked, numbers that are no
// probabilities, no labelled row.
Result<ConfidentLearning> find_suspicious_rows(const ConfidentData& data);

}  // namespace tenor::eval
