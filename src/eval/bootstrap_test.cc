#include "eval/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/random.h"

namespace tenor::eval {
namespace {

Statistics mean_of(const std::vector<double>& values) {
  return [&values](std::span<const std::uint32_t> rows, std::span<double> out) {
    double sum = 0;
    for (const std::uint32_t row : rows) sum += values[row];
    out[0] = sum / static_cast<double>(rows.size());
  };
}

std::vector<double> coins(std::size_t n, double p, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values(n);
  for (double& value : values) value = random.uniform() < p ? 1 : 0;
  return values;
}

TEST(BootstrapTest, QuantileInterpolates) {
  const double values[] = {1, 2, 4, 8};
  EXPECT_DOUBLE_EQ(quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(values, 0.5), 3);
  EXPECT_DOUBLE_EQ(quantile(values, 0.9), 4 + 0.7 * 4);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 8);
}

TEST(BootstrapTest, IntervalHasTheWidthOfTheNormalApproximation) {
  const std::vector<double> values = coins(2000, 0.7, 3);
  const Estimate result = estimate(values.size(), 1, mean_of(values), {4000, 1, 0.95})[0];
  EXPECT_DOUBLE_EQ(result.value, std::accumulate(values.begin(), values.end(), 0.0) / 2000);
  const double half = 1.96 * std::sqrt(result.value * (1 - result.value) / 2000);
  EXPECT_NEAR(result.interval.low, result.value - half, 0.1 * half);
  EXPECT_NEAR(result.interval.high, result.value + half, 0.1 * half);
}

TEST(BootstrapTest, IntervalCoversTheTruthAboutAsOftenAsItSays) {
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const std::vector<double> values = coins(300, 0.7, seed * 977 + 5);
    const Interval interval = estimate(values.size(), 1, mean_of(values), {400, seed, 0.95})[0].interval;
    covered += interval.low <= 0.7 && 0.7 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(covered, 300 * 91 / 100);
  EXPECT_LE(covered, 300 * 99 / 100);
}

TEST(BootstrapTest, SeedDecidesAndNoResamplesMeansNoWidth) {
  const std::vector<double> values = coins(100, 0.5, 1);
  const auto interval = [&](int resamples, std::uint64_t seed) {
    return estimate(100, 1, mean_of(values), {resamples, seed, 0.95})[0].interval;
  };
  EXPECT_EQ(interval(100, 1).low, interval(100, 1).low);
  EXPECT_NE(interval(100, 1).low + interval(100, 1).high, interval(100, 2).low + interval(100, 2).high);
  EXPECT_EQ(interval(0, 1).low, interval(0, 1).high);
}

TEST(BootstrapTest, UndefinedDrawsAreLeftOut) {
  const Statistics sometimes = [](std::span<const std::uint32_t> rows, std::span<double> out) {
    out[0] = rows[0] == 0 ? std::nan("") : 5;
    out[1] = std::nan("");
  };
  const auto estimates = estimate(2, 2, sometimes, {50, 1, 0.95});
  EXPECT_EQ(estimates[0].interval.low, 5);
  EXPECT_EQ(estimates[0].interval.high, 5);
  EXPECT_TRUE(std::isnan(estimates[1].interval.low));
}

TEST(PairedBootstrapTest, SameSystemsDifferByNothing) {
  const std::vector<double> values = coins(200, 0.5, 1);
  const Statistics both = [&](std::span<const std::uint32_t> rows, std::span<double> out) {
    mean_of(values)(rows, out.first(1));
    out[1] = out[0];
  };
  const PairedDifference result = paired_bootstrap(200, both, {});
  EXPECT_EQ(result.difference.value, 0);
  EXPECT_EQ(result.p, 1);
}

TEST(PairedBootstrapTest, LargeDifferencesHaveSmallP) {
  const std::vector<double> weak = coins(1000, 0.6, 1);
  const std::vector<double> strong = coins(1000, 0.8, 2);
  const Statistics both = [&](std::span<const std::uint32_t> rows, std::span<double> out) {
    mean_of(weak)(rows, out.first(1));
    mean_of(strong)(rows, out.subspan(1));
  };
  const PairedDifference result = paired_bootstrap(1000, both, {});
  EXPECT_NEAR(result.difference.value, 0.2, 0.06);
  EXPECT_GT(result.difference.interval.low, 0.1);
  EXPECT_DOUBLE_EQ(result.p, 1.0 / 1001) << "never 0";
}

// Under the null hypothesis p is roughly uniform: about one in ten lies below a tenth.
TEST(PairedBootstrapTest, EqualSystemsSeldomLookDifferent) {
  int small = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<double> first = coins(200, 0.7, 2 * seed + 1000);
    const std::vector<double> second = coins(200, 0.7, 2 * seed + 1001);
    const Statistics both = [&](std::span<const std::uint32_t> rows, std::span<double> out) {
      mean_of(first)(rows, out.first(1));
      mean_of(second)(rows, out.subspan(1));
    };
    small += paired_bootstrap(200, both, {300, seed, 0.95}).p < 0.1 ? 1 : 0;
  }
  EXPECT_GE(small, 5);
  EXPECT_LE(small, 38);
}

}  // namespace
}  // namespace tenor::eval
