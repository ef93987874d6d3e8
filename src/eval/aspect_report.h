// Judgement of the aspects: 18 (or any number of) four-class questions asked of every review.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "eval/bootstrap.h"
#include "eval/classification_report.h"
#include "eval/confusion.h"

namespace tenor::eval {

// a = names.size() aspects; labels 0 positive, 1 neutral, 2 negative, 3 not_mentioned; gold -1: unlabelled, not judged.
struct AspectPredictions {
  std::span<const std::string> names;      // [a]
  std::span<const std::int8_t> gold;       // [n x a], -1..3
  std::span<const std::int8_t> predicted;  // [n x a], 0..3
  std::span<const float> probabilities;    // [n x a x 4]; empty: no calibration figures
};

// Figures of an aspect without labelled rows are 0 and enter no mean.
struct AspectScores {
  std::string name;
  std::uint64_t rows = 0;      // labelled rows
  double merged_macro_f1 = 0;  // three classes, not_mentioned merged into neutral in gold and predictions
  double macro_f1 = 0;         // four classes
  double accuracy = 0;         // four classes
  std::optional<double> ece;
  Confusion confusion{4};
};

// Means are plain means over the aspects that have labelled rows. Macro-F1 averages over the classes that occur in gold
// or predictions of the aspect (see Confusion): an aspect in which a class has neither is not punished for it.
struct AspectReport {
  std::uint64_t rows = 0;           // rows with at least one labelled aspect
  std::uint64_t complete_rows = 0;  // rows with every aspect labelled
  Estimate merged_macro_f1;
  Estimate macro_f1;
  Estimate accuracy;
  Estimate strict_accuracy;  // share of complete rows with every aspect right; 0 where there are none
  std::optional<CalibrationScores> calibration;  // over all labelled (row, aspect) pairs
  std::vector<AspectScores> aspects;
};

// Errors (invalid_argument) as classification_report; intervals resample rows (reviews), not single labels.
Result<AspectReport> aspect_report(const AspectPredictions& predictions, const ReportOptions& options);

}  // namespace tenor::eval
