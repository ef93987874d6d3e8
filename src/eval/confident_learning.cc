#include "eval/confident_learning.h"

#include <algorithm>
#include <limits>
#include <string>

#include "eval/prediction_checks.h"

namespace tenor::eval {

namespace {

Status check_confident(const ConfidentData& data) {
  const std::size_t rows = data.given.size();
  if (data.classes < 2) return fail(ErrorCode::invalid_argument, "expected at least two classes");
  if (Status status = check_probabilities(data.probabilities, rows, data.classes); !status) return status;
  if (Status status = check_labels(data.given, -128, static_cast<int>(data.classes) - 1, "given"); !status) {
    return status;
  }
  bool labelled = false;
  for (const std::int8_t label : data.given) {
    labelled = labelled || label >= 0;
    if (data.masked_class && label == static_cast<std::int8_t>(*data.masked_class)) {
      return fail(ErrorCode::invalid_argument, "a row is given class " + std::to_string(label) + ", which is masked");
    }
  }
  if (!labelled) return fail(ErrorCode::invalid_argument, "expected at least one labelled row");
  return {};
}

// The probabilities, without those of the masked class.
std::vector<double> known_probabilities(const ConfidentData& data) {
  std::vector<double> known(data.probabilities.begin(), data.probabilities.end());
  if (!data.masked_class) return known;
  for (std::size_t begin = 0; begin < known.size(); begin += data.classes) {
    const double rest = 1 - known[begin + *data.masked_class];
    known[begin + *data.masked_class] = 0;
    for (std::size_t c = 0; c < data.classes; ++c) {
      if (c == *data.masked_class) continue;
      double& p = known[begin + c];
      p = rest > 1e-9 ? p / rest : 1.0 / static_cast<double>(data.classes - 1);
    }
  }
  return known;
}

std::vector<double> mean_self_confidence(const ConfidentData& data, const std::vector<double>& known) {
  std::vector<double> sums(data.classes, 0.0);
  std::vector<double> rows(data.classes, 0.0);
  for (std::size_t r = 0; r < data.given.size(); ++r) {
    if (data.given[r] < 0) continue;
    const auto c = static_cast<std::size_t>(data.given[r]);
    sums[c] += known[r * data.classes + c];
    rows[c] += 1;
  }
  for (std::size_t c = 0; c < data.classes; ++c) {
    sums[c] = rows[c] > 0 ? sums[c] / rows[c] : std::numeric_limits<double>::infinity();
  }
  return sums;
}

std::optional<std::size_t> confident_class(std::span<const double> row, const std::vector<double>& thresholds) {
  constexpr double kRounding = 1e-9;  // where all rows of a class are alike, they reach their mean
  std::optional<std::size_t> best;
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (row[c] + kRounding >= thresholds[c] && (!best || row[c] > row[*best])) best = c;
  }
  return best;
}

double margin_of(std::span<const double> row, std::size_t given) {
  double other = 0;
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (c != given) other = std::max(other, row[c]);
  }
  return row[given] - other;
}

std::vector<double> joint_of(const ConfidentData& data, const std::vector<std::uint64_t>& counts) {
  const std::size_t k = data.classes;
  std::vector<double> given(k, 0.0);
  double all = 0;
  for (const std::int8_t label : data.given) {
    if (label < 0) continue;
    given[static_cast<std::size_t>(label)] += 1;
    all += 1;
  }
  std::vector<double> joint(k * k, 0.0);
  for (std::size_t i = 0; i < k; ++i) {
    double confident = 0;
    for (std::size_t j = 0; j < k; ++j) confident += static_cast<double>(counts[i * k + j]);
    if (confident == 0) {
      joint[i * k + i] = given[i] / all;  // nothing speaks against the labels
      continue;
    }
    for (std::size_t j = 0; j < k; ++j) {
      joint[i * k + j] = static_cast<double>(counts[i * k + j]) / confident * given[i] / all;
    }
  }
  return joint;
}

}  // namespace

Result<ConfidentLearning> find_suspicious_rows(const ConfidentData& data) {
  if (Status status = check_confident(data); !status) return tl::unexpected(status.error());
  const std::vector<double> known = known_probabilities(data);
  ConfidentLearning result;
  result.thresholds = mean_self_confidence(data, known);
  result.counts.assign(data.classes * data.classes, 0);
  for (std::size_t r = 0; r < data.given.size(); ++r) {
    if (data.given[r] < 0) continue;
    const auto given = static_cast<std::size_t>(data.given[r]);
    const auto row = std::span(known).subspan(r * data.classes, data.classes);
    const auto confident = confident_class(row, result.thresholds);
    if (!confident) continue;
    ++result.counts[given * data.classes + *confident];
    const double margin = margin_of(row, given);
    if (*confident == given || margin >= 0) continue;
    result.rows.push_back({r, data.given[r], static_cast<std::int8_t>(*confident), margin});
  }
  std::stable_sort(result.rows.begin(), result.rows.end(),
                   [](const SuspiciousRow& a, const SuspiciousRow& b) { return a.margin < b.margin; });
  result.joint = joint_of(data, result.counts);
  return result;
}

}  // namespace tenor::eval
