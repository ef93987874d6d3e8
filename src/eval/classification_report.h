// Judgement of one classifier on one file: overall sentiment, or one aspect.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "eval/bootstrap.h"
#include "eval/confusion.h"
#include "eval/reliability.h"

namespace tenor::eval {

// Views over one row a text; k = names.size() classes.
struct Predictions {
  std::span<const std::string> names;      // [k]
  std::span<const std::int8_t> gold;       // [n], 0..k-1
  std::span<const std::int8_t> predicted;  // [n], 0..k-1
  std::span<const float> probabilities;    // [n x k], rows summing to 1; empty: no calibration figures
};

struct ReportOptions {
  BootstrapOptions bootstrap;
  std::size_t bins = 15;
};

struct ClassScores {
  std::string name;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  std::uint64_t support = 0;    // gold rows
  std::uint64_t predicted = 0;  // rows given to the class
};

struct CalibrationScores {
  double ece = 0;    // over the probability of the predicted class (the largest where the prediction is the argmax)
  double brier = 0;  // mean over rows of sum over classes of (p - [gold])^2: 0..2
  double nll = 0;    // mean of -ln p(gold), p floored at 1e-15
  std::vector<ReliabilityBin> bins;
};

struct ClassificationReport {
  std::uint64_t rows = 0;
  Estimate accuracy;
  Estimate macro_f1;  // see Confusion for which classes enter
  Estimate macro_recall;
  std::vector<ClassScores> classes;
  Confusion confusion{0};
  std::optional<CalibrationScores> calibration;
};

// Errors (invalid_argument): no rows, spans of unequal lengths, labels out of range, probabilities that are not finite,
// below 0 or whose row sum strays from 1 by more than 0.001.
Result<ClassificationReport> classification_report(const Predictions& predictions, const ReportOptions& options);

// Calibration figures alone; arguments as in Predictions, checked by the caller, not empty. bins > 0.
CalibrationScores calibration_scores(std::span<const std::int8_t> gold, std::span<const std::int8_t> predicted,
                                     std::span<const float> probabilities, std::size_t bins);

// Index of the largest probability of every row, the first of equals.
std::vector<std::int8_t> argmax_rows(std::span<const float> probabilities, std::size_t classes);

// A file whose gold knows no neutral: the same rows with two classes (0 positive, 1 negative), predictions made by
// comparing those two probabilities (ties are positive), and the two renormalised to sum to 1 (one half each where both
// are 0).
struct TwoClass {
  std::vector<std::string> names = {"positive", "negative"};
  std::vector<std::int8_t> gold;
  std::vector<std::int8_t> predicted;
  std::vector<float> probabilities;  // [n x 2]

  Predictions view() const { return {names, gold, predicted, probabilities}; }
};

// `gold` in 0 positive, 2 negative; `probabilities` [n x 3] in the order positive, neutral, negative. Error
// (invalid_argument) where gold holds anything else.
Result<TwoClass> to_two_class(std::span<const std::int8_t> gold, std::span<const float> probabilities);

// True where gold has rows, all of them positive (0) or negative (2) and none neutral.
bool is_two_class(std::span<const std::int8_t> gold);

enum class Metric { accuracy, macro_f1, macro_recall };

// Two systems on the same rows: is the second better? Errors as above.
Result<PairedDifference> compare_systems(std::span<const std::int8_t> gold, std::span<const std::int8_t> first,
                                         std::span<const std::int8_t> second, Metric metric,
                                         const BootstrapOptions& options);

}  // namespace tenor::eval
