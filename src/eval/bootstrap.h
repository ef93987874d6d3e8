// Resampling of rows: how much a number would move on another test set of the same kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace tenor::eval {

struct BootstrapOptions {
  int resamples = 1000;  // 0: no intervals (low = high = the value itself)
  std::uint64_t seed = 1;
  double level = 0.95;
};

struct Interval {
  double low = 0;
  double high = 0;
};

struct Estimate {
  double value = 0;
  Interval interval;  // bootstrap percentile interval
};

// Computes some numbers from the rows drawn (indices, repeated as drawn) into `out`. NaN: not defined for these rows.
using Statistics = std::function<void(std::span<const std::uint32_t> rows, std::span<double> out)>;

// Draws `row_count` rows with replacement, `resamples` times: [resamples x numbers].
std::vector<double> bootstrap(std::size_t row_count, std::size_t numbers, const Statistics& statistics,
                              const BootstrapOptions& options);

// The numbers on all rows, with percentile intervals (Efron and Tibshirani 1993, chapter 13); draws that are NaN are
// left out of the interval.
std::vector<Estimate> estimate(std::size_t row_count, std::size_t numbers, const Statistics& statistics,
                               const BootstrapOptions& options);

// Quantile by linear interpolation between order statistics (R's type 7). `values` not empty, sorted ascending; q in
// [0, 1].
double quantile(std::span<const double> values, double q);

struct PairedDifference {
  Estimate difference;  // second system minus first
  // Two-sided: share of draws in which the difference strays from its value by at least as much as the value lies from
  // 0 (null hypothesis by shifting, Berg-Kirkpatrick et al. 2012), with one added to both counts: never 0.
  double p = 1;
};

// `statistics` writes two numbers: the score of the first and of the second system on the same rows.
PairedDifference paired_bootstrap(std::size_t row_count, const Statistics& statistics, const BootstrapOptions& options);

}  // namespace tenor::eval
