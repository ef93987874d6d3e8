#include "eval/aspect_report.h"

#include <cmath>

#include "eval/prediction_checks.h"

namespace tenor::eval {

namespace {

constexpr std::size_t kClasses = 4;
constexpr std::int8_t kUnlabelled = -1;
// Class of the merged task: not_mentioned (3) becomes neutral (1).
constexpr std::size_t kMerged[kClasses] = {0, 1, 2, 1};

Status check_aspects(const AspectPredictions& in) {
  if (in.names.empty()) return fail(ErrorCode::invalid_argument, "no aspects to judge");
  if (in.gold.size() % in.names.size() != 0 || in.gold.size() != in.predicted.size()) {
    return fail(ErrorCode::invalid_argument,
                "expected as many predictions as gold labels, " + std::to_string(in.names.size()) + " a row; found " +
                    std::to_string(in.predicted.size()) + " and " + std::to_string(in.gold.size()));
  }
  if (Status status = check_labels(in.gold, kUnlabelled, kClasses - 1, "gold"); !status) return status;
  if (Status status = check_labels(in.predicted, 0, kClasses - 1, "predicted"); !status) return status;
  bool any = false;
  for (const std::int8_t label : in.gold) any = any || label != kUnlabelled;
  if (!any) return fail(ErrorCode::invalid_argument, "no labelled rows to judge");
  if (in.probabilities.empty()) return {};
  return check_probabilities(in.probabilities, in.gold.size(), kClasses);
}

Confusion merged(const Confusion& four) {
  Confusion three(3);
  for (std::size_t gold = 0; gold < kClasses; ++gold) {
    for (std::size_t predicted = 0; predicted < kClasses; ++predicted) {
      three.add(kMerged[gold], kMerged[predicted], four.at(gold, predicted));
    }
  }
  return three;
}

// The four overall figures of some rows, as often as the bootstrap asks. Its memory is reused from draw to draw.
class OverallFigures {
 public:
  static constexpr std::size_t kCount = 4;

  explicit OverallFigures(const AspectPredictions& in) : in_(in), tables_(in.names.size(), Confusion(kClasses)) {}

  void count(std::span<const std::uint32_t> rows);
  // Merged macro-F1, macro-F1, accuracy, strict accuracy of the rows counted last.
  void write(std::span<double> out) const;

  const std::vector<Confusion>& tables() const { return tables_; }
  std::uint64_t labelled_rows() const { return labelled_rows_; }
  std::uint64_t complete_rows() const { return complete_rows_; }

 private:
  const AspectPredictions& in_;
  std::vector<Confusion> tables_;
  std::uint64_t labelled_rows_ = 0;
  std::uint64_t complete_rows_ = 0;
  std::uint64_t strictly_right_ = 0;
};

void OverallFigures::count(std::span<const std::uint32_t> rows) {
  for (Confusion& table : tables_) table.clear();
  labelled_rows_ = complete_rows_ = strictly_right_ = 0;
  const std::size_t aspects = tables_.size();
  for (const std::uint32_t row : rows) {
    std::size_t labelled = 0;
    std::size_t right = 0;
    for (std::size_t a = 0; a < aspects; ++a) {
      const std::int8_t gold = in_.gold[row * aspects + a];
      if (gold == kUnlabelled) continue;
      const std::int8_t predicted = in_.predicted[row * aspects + a];
      tables_[a].add(static_cast<std::size_t>(gold), static_cast<std::size_t>(predicted));
      ++labelled;
      right += gold == predicted ? 1 : 0;
    }
    labelled_rows_ += labelled > 0 ? 1 : 0;
    complete_rows_ += labelled == aspects ? 1 : 0;
    strictly_right_ += right == aspects ? 1 : 0;
  }
}

void OverallFigures::write(std::span<double> out) const {
  double merged_f1 = 0;
  double f1 = 0;
  double accuracy = 0;
  double judged = 0;
  for (const Confusion& table : tables_) {
    if (table.total() == 0) continue;
    merged_f1 += merged(table).macro_f1();
    f1 += table.macro_f1();
    accuracy += table.accuracy();
    ++judged;
  }
  out[0] = merged_f1 / judged;
  out[1] = f1 / judged;
  out[2] = accuracy / judged;
  out[3] =
      complete_rows_ == 0 ? std::nan("") : static_cast<double>(strictly_right_) / static_cast<double>(complete_rows_);
}

// The labelled (row, aspect) pairs of one aspect, or of all.
struct Pairs {
  std::vector<std::int8_t> gold;
  std::vector<std::int8_t> predicted;
  std::vector<float> probabilities;

  void add(const AspectPredictions& in, std::size_t pair) {
    if (in.gold[pair] == kUnlabelled) return;
    gold.push_back(in.gold[pair]);
    predicted.push_back(in.predicted[pair]);
    const auto row = in.probabilities.subspan(pair * kClasses, kClasses);
    probabilities.insert(probabilities.end(), row.begin(), row.end());
  }
};

void add_calibration(const AspectPredictions& in, std::size_t bins, AspectReport& report) {
  const std::size_t aspects = in.names.size();
  Pairs all;
  for (std::size_t a = 0; a < aspects; ++a) {
    Pairs pairs;
    for (std::size_t pair = a; pair < in.gold.size(); pair += aspects) pairs.add(in, pair);
    if (pairs.gold.empty()) continue;
    report.aspects[a].ece = calibration_scores(pairs.gold, pairs.predicted, pairs.probabilities, bins).ece;
    all.gold.insert(all.gold.end(), pairs.gold.begin(), pairs.gold.end());
    all.predicted.insert(all.predicted.end(), pairs.predicted.begin(), pairs.predicted.end());
    all.probabilities.insert(all.probabilities.end(), pairs.probabilities.begin(), pairs.probabilities.end());
  }
  report.calibration = calibration_scores(all.gold, all.predicted, all.probabilities, bins);
}

}  // namespace

Result<AspectReport> aspect_report(const AspectPredictions& predictions, const ReportOptions& options) {
  if (Status status = check_aspects(predictions); !status) return tl::unexpected(status.error());
  if (options.bins == 0) return fail(ErrorCode::invalid_argument, "expected at least one reliability bin, found 0");
  AspectReport report;
  const std::size_t rows = predictions.gold.size() / predictions.names.size();
  std::vector<std::uint32_t> all(rows);
  for (std::size_t i = 0; i < rows; ++i) all[i] = static_cast<std::uint32_t>(i);
  OverallFigures figures(predictions);
  figures.count(all);
  report.rows = figures.labelled_rows();
  report.complete_rows = figures.complete_rows();
  for (std::size_t a = 0; a < predictions.names.size(); ++a) {
    AspectScores scores;
    scores.name = predictions.names[a];
    scores.confusion = figures.tables()[a];
    scores.rows = scores.confusion.total();
    if (scores.rows > 0) {
      scores.merged_macro_f1 = merged(scores.confusion).macro_f1();
      scores.macro_f1 = scores.confusion.macro_f1();
      scores.accuracy = scores.confusion.accuracy();
    }
    report.aspects.push_back(std::move(scores));
  }
  const Statistics statistics = [&](std::span<const std::uint32_t> drawn, std::span<double> out) {
    figures.count(drawn);
    figures.write(out);
  };
  const std::vector<Estimate> estimates = estimate(rows, OverallFigures::kCount, statistics, options.bootstrap);
  report.merged_macro_f1 = estimates[0];
  report.macro_f1 = estimates[1];
  report.accuracy = estimates[2];
  if (report.complete_rows > 0) report.strict_accuracy = estimates[3];
  if (!predictions.probabilities.empty()) add_calibration(predictions, options.bins, report);
  return report;
}

}  // namespace tenor::eval
