#include "eval/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace tenor::eval {

namespace {

Interval percentile_interval(std::vector<double> draws, double level) {
  std::erase_if(draws, [](double value) { return std::isnan(value); });
  if (draws.empty()) return {std::nan(""), std::nan("")};
  std::sort(draws.begin(), draws.end());
  return {quantile(draws, (1 - level) / 2), quantile(draws, (1 + level) / 2)};
}

}  // namespace

std::vector<double> bootstrap(std::size_t row_count, std::size_t numbers, const Statistics& statistics,
                              const BootstrapOptions& options) {
  const auto resamples = static_cast<std::size_t>(std::max(options.resamples, 0));
  std::vector<double> draws(resamples * numbers);
  std::vector<std::uint32_t> rows(row_count);
  Random random(options.seed);
  for (std::size_t i = 0; i < resamples; ++i) {
    for (std::uint32_t& row : rows) row = static_cast<std::uint32_t>(random.below(row_count));
    statistics(rows, std::span(draws).subspan(i * numbers, numbers));
  }
  return draws;
}

std::vector<Estimate> estimate(std::size_t row_count, std::size_t numbers, const Statistics& statistics,
                               const BootstrapOptions& options) {
  std::vector<std::uint32_t> rows(row_count);
  std::iota(rows.begin(), rows.end(), 0U);
  std::vector<double> values(numbers);
  statistics(rows, values);
  const std::vector<double> draws = bootstrap(row_count, numbers, statistics, options);
  std::vector<Estimate> estimates(numbers);
  for (std::size_t j = 0; j < numbers; ++j) {
    std::vector<double> column;
    for (std::size_t i = j; i < draws.size(); i += numbers) column.push_back(draws[i]);
    const Interval point{values[j], values[j]};
    estimates[j] = {values[j], column.empty() ? point : percentile_interval(std::move(column), options.level)};
  }
  return estimates;
}

double quantile(std::span<const double> values, double q) {
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

PairedDifference paired_bootstrap(std::size_t row_count, const Statistics& statistics,
                                  const BootstrapOptions& options) {
  const Statistics difference = [&](std::span<const std::uint32_t> rows, std::span<double> out) {
    double scores[2] = {0, 0};
    statistics(rows, scores);
    out[0] = scores[1] - scores[0];
  };
  PairedDifference result;
  result.difference = estimate(row_count, 1, difference, options)[0];
  const double value = result.difference.value;
  const std::vector<double> draws = bootstrap(row_count, 1, difference, options);
  // The tolerance keeps rounding from deciding whether a draw exactly as far away counts.
  const auto astray = std::count_if(draws.begin(), draws.end(),
                                    [&](double draw) { return std::abs(draw - value) >= std::abs(value) - 1e-12; });
  result.p = (static_cast<double>(astray) + 1) / (static_cast<double>(draws.size()) + 1);
  return result;
}

}  // namespace tenor::eval
