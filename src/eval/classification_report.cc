#include "eval/classification_report.h"

#include <algorithm>
#include <cmath>

#include "eval/prediction_checks.h"

namespace tenor::eval {

namespace {

Status check_predictions(const Predictions& in) {
  if (in.gold.empty()) return fail(ErrorCode::invalid_argument, "no labelled rows to judge");
  if (in.names.empty() || in.names.size() > 127) {
    return fail(ErrorCode::invalid_argument, "expected 1 to 127 classes, found " + std::to_string(in.names.size()));
  }
  if (in.gold.size() != in.predicted.size()) {
    return fail(ErrorCode::invalid_argument, "expected a prediction for each of " + std::to_string(in.gold.size()) +
                                                 " gold labels, found " + std::to_string(in.predicted.size()));
  }
  const int last = static_cast<int>(in.names.size()) - 1;
  if (Status status = check_labels(in.gold, 0, last, "gold"); !status) return status;
  if (Status status = check_labels(in.predicted, 0, last, "predicted"); !status) return status;
  if (in.probabilities.empty()) return {};
  return check_probabilities(in.probabilities, in.gold.size(), in.names.size());
}

Confusion count(const Predictions& in) {
  Confusion confusion(in.names.size());
  for (std::size_t i = 0; i < in.gold.size(); ++i) {
    confusion.add(static_cast<std::size_t>(in.gold[i]), static_cast<std::size_t>(in.predicted[i]));
  }
  return confusion;
}

double score(const Confusion& confusion, Metric metric) {
  switch (metric) {
    case Metric::accuracy:
      return confusion.accuracy();
    case Metric::macro_f1:
      return confusion.macro_f1();
    case Metric::macro_recall:
      return confusion.macro_recall();
  }
  return std::nan("");
}

void recount(Confusion& confusion, std::span<const std::uint32_t> rows, std::span<const std::int8_t> gold,
             std::span<const std::int8_t> predicted) {
  confusion.clear();
  for (const std::uint32_t row : rows) {
    confusion.add(static_cast<std::size_t>(gold[row]), static_cast<std::size_t>(predicted[row]));
  }
}

void add_estimates(const Predictions& in, const BootstrapOptions& options, ClassificationReport& report) {
  Confusion drawn(in.names.size());
  const Statistics statistics = [&](std::span<const std::uint32_t> rows, std::span<double> out) {
    recount(drawn, rows, in.gold, in.predicted);
    out[0] = drawn.accuracy();
    out[1] = drawn.macro_f1();
    out[2] = drawn.macro_recall();
  };
  const std::vector<Estimate> estimates = estimate(in.gold.size(), 3, statistics, options);
  report.accuracy = estimates[0];
  report.macro_f1 = estimates[1];
  report.macro_recall = estimates[2];
}

}  // namespace

CalibrationScores calibration_scores(std::span<const std::int8_t> gold, std::span<const std::int8_t> predicted,
                                     std::span<const float> probabilities, std::size_t bins) {
  const std::size_t classes = probabilities.size() / gold.size();
  std::vector<double> confidence;
  std::vector<std::uint8_t> correct;
  CalibrationScores scores;
  for (std::size_t i = 0; i < gold.size(); ++i) {
    const std::span<const float> row = probabilities.subspan(i * classes, classes);
    const std::size_t right = static_cast<std::uint8_t>(gold[i]);
    confidence.push_back(row[static_cast<std::size_t>(predicted[i])]);
    correct.push_back(gold[i] == predicted[i] ? 1 : 0);
    for (std::size_t c = 0; c < classes; ++c) {
      const double error = row[c] - (c == right ? 1.0 : 0.0);
      scores.brier += error * error;
    }
    scores.nll -= std::log(std::max<double>(row[right], 1e-15));
  }
  scores.brier /= static_cast<double>(gold.size());
  scores.nll /= static_cast<double>(gold.size());
  scores.bins = reliability_bins(confidence, correct, bins);
  scores.ece = expected_calibration_error(scores.bins);
  return scores;
}

Result<ClassificationReport> classification_report(const Predictions& predictions, const ReportOptions& options) {
  if (Status status = check_predictions(predictions); !status) return tl::unexpected(status.error());
  if (options.bins == 0) return fail(ErrorCode::invalid_argument, "expected at least one reliability bin, found 0");
  ClassificationReport report;
  report.rows = predictions.gold.size();
  report.confusion = count(predictions);
  for (std::size_t c = 0; c < predictions.names.size(); ++c) {
    const Confusion& table = report.confusion;
    report.classes.push_back(
        {predictions.names[c], table.precision(c), table.recall(c), table.f1(c), table.support(c), table.predicted(c)});
  }
  add_estimates(predictions, options.bootstrap, report);
  if (!predictions.probabilities.empty()) {
    report.calibration =
        calibration_scores(predictions.gold, predictions.predicted, predictions.probabilities, options.bins);
  }
  return report;
}

std::vector<std::int8_t> argmax_rows(std::span<const float> probabilities, std::size_t classes) {
  std::vector<std::int8_t> labels;
  for (std::size_t i = 0; classes > 0 && i + classes <= probabilities.size(); i += classes) {
    const auto row = probabilities.subspan(i, classes);
    labels.push_back(static_cast<std::int8_t>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
  return labels;
}

Result<TwoClass> to_two_class(std::span<const std::int8_t> gold, std::span<const float> probabilities) {
  if (probabilities.size() != gold.size() * 3) {
    return fail(ErrorCode::invalid_argument, "expected " + std::to_string(gold.size() * 3) + " probabilities, found " +
                                                 std::to_string(probabilities.size()));
  }
  TwoClass rows;
  for (std::size_t i = 0; i < gold.size(); ++i) {
    if (gold[i] != 0 && gold[i] != 2) {
      return fail(ErrorCode::invalid_argument, "gold label " + std::to_string(i) +
                                                   ": expected 0 (positive) or 2 (negative), found " +
                                                   std::to_string(gold[i]));
    }
    const float positive = probabilities[i * 3];
    const float negative = probabilities[i * 3 + 2];
    const float sum = positive + negative;
    rows.gold.push_back(gold[i] == 0 ? 0 : 1);
    rows.predicted.push_back(positive >= negative ? 0 : 1);
    rows.probabilities.push_back(sum > 0 ? positive / sum : 0.5F);
    rows.probabilities.push_back(sum > 0 ? negative / sum : 0.5F);
  }
  return rows;
}

bool is_two_class(std::span<const std::int8_t> gold) {
  return !gold.empty() &&
         std::all_of(gold.begin(), gold.end(), [](std::int8_t label) { return label == 0 || label == 2; });
}

Result<PairedDifference> compare_systems(std::span<const std::int8_t> gold, std::span<const std::int8_t> first,
                                         std::span<const std::int8_t> second, Metric metric,
                                         const BootstrapOptions& options) {
  std::int8_t last = 0;
  for (const auto labels : {gold, first, second}) {
    for (const std::int8_t label : labels) last = std::max(last, label);
  }
  const std::vector<std::string> names(static_cast<std::size_t>(last) + 1);
  for (const auto predicted : {first, second}) {
    if (Status status = check_predictions({names, gold, predicted, {}}); !status) return tl::unexpected(status.error());
  }
  Confusion drawn(names.size());
  const Statistics statistics = [&](std::span<const std::uint32_t> rows, std::span<double> out) {
    recount(drawn, rows, gold, first);
    out[0] = score(drawn, metric);
    recount(drawn, rows, gold, second);
    out[1] = score(drawn, metric);
  };
  return paired_bootstrap(gold.size(), statistics, options);
}

}  // namespace tenor::eval
