#include "data/balance_pairs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace tenor::data {

namespace {

// factor[task][label] = (rows labelled / (labels that occur x rows of this label)) ^ exponent.
std::vector<std::array<double, kAspectLabels>> rarities(const PairCounts& counts, double exponent) {
  std::vector<std::array<double, kAspectLabels>> factors(counts.size());
  for (std::size_t t = 0; t < counts.size(); ++t) {
    double labelled = 0;
    double kinds = 0;
    for (const std::uint64_t n : counts[t]) {
      labelled += static_cast<double>(n);
      kinds += n > 0 ? 1 : 0;
    }
    for (std::size_t l = 0; l < kAspectLabels; ++l) {
      const auto rows = static_cast<double>(counts[t][l]);
      factors[t][l] = rows > 0 ? std::pow(labelled / (kinds * rows), exponent) : 0;
    }
  }
  return factors;
}

// Weight of every row; 0: it has no label.
std::vector<double> row_weights(const TaskLabels& labels, const PairCounts& counts, const PairBalanceOptions& options) {
  const auto factors = rarities(counts, std::clamp(options.exponent, 0.0, 1.0));
  std::vector<double> weights(labels.rows(), 0.0);
  double lightest = 0;
  for (std::size_t r = 0; r < weights.size(); ++r) {
    const auto row = labels.row(r);
    for (std::size_t t = 0; t < row.size(); ++t) {
      if (row[t] >= 0) weights[r] = std::max(weights[r], factors[t][static_cast<std::size_t>(row[t])]);
    }
    if (weights[r] > 0 && (lightest == 0 || weights[r] < lightest)) lightest = weights[r];
  }
  const double heaviest = lightest * std::max(options.max_ratio, 1.0);
  for (double& weight : weights) weight = std::min(weight, heaviest);
  return weights;
}

double scale_of(const std::vector<double>& weights, BalanceMethod method) {
  double lightest = 0, heaviest = 0, sum = 0, rows = 0;
  for (const double weight : weights) {
    if (weight == 0) continue;
    lightest = lightest == 0 ? weight : std::min(lightest, weight);
    heaviest = std::max(heaviest, weight);
    sum += weight;
    rows += 1;
  }
  if (rows == 0) return 1;
  if (method == BalanceMethod::oversample) return 1 / lightest;
  if (method == BalanceMethod::undersample) return 1 / heaviest;
  return rows / sum;
}

// Systematic sampling over the rows in random order: row r comes floor or ceiling of its due, and the sum of dues is
// met within one row.
std::vector<std::size_t> draw(const std::vector<double>& weights, const PairBalanceOptions& options) {
  const double scale = scale_of(weights, options.method);
  Random random(options.seed);
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  random.shuffle(order);
  constexpr double kSlack = 1e-9;  // dues that are whole but for rounding stay whole
  double position = random.uniform() * (1 - 2 * kSlack) + kSlack;
  std::vector<std::size_t> rows;
  for (const std::size_t r : order) {
    std::size_t copies = 1;
    if (weights[r] > 0) {
      const double next = position + weights[r] * scale;
      copies = static_cast<std::size_t>(std::floor(next) - std::floor(position));
      position = next - std::floor(next);
    }
    rows.insert(rows.end(), copies, r);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace

PairCounts count_pairs(const TaskLabels& labels, std::span<const std::size_t> rows) {
  PairCounts counts(labels.tasks, std::array<std::uint64_t, kAspectLabels>{});
  for (const std::size_t r : rows) {
    const auto row = labels.row(r);
    for (std::size_t t = 0; t < row.size(); ++t) {
      if (row[t] >= 0) ++counts[t][static_cast<std::size_t>(row[t])];
    }
  }
  return counts;
}

BalancedRows balance_pairs(const TaskLabels& labels, const PairBalanceOptions& options) {
  BalancedRows result;
  result.rows.resize(labels.rows());
  std::iota(result.rows.begin(), result.rows.end(), std::size_t{0});
  result.before = count_pairs(labels, result.rows);
  if (options.method != BalanceMethod::none) result.rows = draw(row_weights(labels, result.before, options), options);
  result.after = count_pairs(labels, result.rows);
  return result;
}

}  // namespace tenor::data
