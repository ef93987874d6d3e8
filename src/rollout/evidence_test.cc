#include "rollout/evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tenor::rollout {
namespace {

Moments moments(std::uint64_t n, double mean, double variance) {
  return {n, mean, variance * static_cast<double>(n - 1)};
}

TEST(RateEvidence, FindsTheMostProbableRateOfTheLiveArm) {
  for (const Rate live : {Rate{10, 1000}, Rate{0, 500}, Rate{500, 500}, Rate{3, 7}}) {
    for (const Rate canary : {Rate{2, 100}, Rate{0, 50}, Rate{50, 50}}) {
      for (const double effect : {0.01, 0.05, -0.05}) {
        const double best = likeliest_live_rate(live, canary, effect);
        ASSERT_GE(best, std::max(0.0, -effect));
        ASSERT_LE(best, std::min(1.0, 1 - effect));
        const auto likelihood = [&](double p) {
          double sum = 0;
          for (const auto& [rate, q] : {std::pair{live, p}, std::pair{canary, p + effect}}) {
            if (rate.count > 0) sum += static_cast<double>(rate.count) * std::log(q);
            if (rate.of > rate.count) sum += static_cast<double>(rate.of - rate.count) * std::log1p(-q);
          }
          return sum;
        };
        for (int i = 1; i < 1000; ++i) {
          const double p = std::max(0.0, -effect) + (1 - std::abs(effect)) * i / 1000.0;
          EXPECT_LE(likelihood(p), likelihood(best) + 1e-9) << live.count << " " << canary.count << " " << effect;
        }
      }
    }
  }
}

TEST(RateEvidence, IsWhatTheBinomialSaysWhereTheLiveRateIsAsGoodAsKnown) {
  // Live: 1 % of a great many. An error more in the canary then counts ln 2, a good answer ln(0.98 / 0.99).
  const Rate live{1'000'000'000, 100'000'000'000};
  EXPECT_NEAR(rate_evidence(live, {5, 100}, 0.01), 5 * std::log(2) + 95 * std::log(0.98 / 0.99), 1e-3);
  EXPECT_NEAR(rate_evidence(live, {0, 100}, 0.01), 100 * std::log(0.98 / 0.99), 1e-3);
}

TEST(RateEvidence, SaysNothingWithoutSamples) {
  EXPECT_EQ(rate_evidence({}, {5, 10}, 0.01), 0);
  EXPECT_EQ(rate_evidence({1, 10}, {}, 0.01), 0);
}

TEST(RateEvidence, SpeaksForHarmAndAgainst) {
  EXPECT_GT(rate_evidence({1000, 100000}, {30, 1000}, 0.01), 3);
  EXPECT_LT(rate_evidence({1000, 100000}, {5, 1000}, 0.01), -3);
  // A label that lost, where losing is the harm.
  EXPECT_GT(rate_evidence({5000, 10000}, {420, 1000}, -0.05), 3);
  EXPECT_LT(rate_evidence({5000, 10000}, {540, 1000}, -0.05), -3);
}

TEST(MeanEvidence, IsTheLikelihoodRatioOfNormalMeans) {
  const double effect = std::log(1.3);
  const Moments live = moments(10000, 7.6, 0.25);
  EXPECT_GT(mean_evidence(live, moments(100, 7.6 + effect, 0.25), effect), 10);
  EXPECT_LT(mean_evidence(live, moments(100, 7.6, 0.25), effect), -10);
  EXPECT_NEAR(mean_evidence(live, moments(100, 7.6 + effect / 2, 0.25), effect), 0, 1e-9);
}

TEST(MeanEvidence, WaitsForSamplesAndTrustsNoNarrowFew) {
  const Moments live = moments(10000, 7.6, 0.25);
  EXPECT_EQ(mean_evidence(live, moments(29, 9, 0.25), 0.26), 0);
  EXPECT_EQ(mean_evidence(moments(29, 9, 0.25), live, 0.26), 0);
  EXPECT_EQ(mean_evidence(live, moments(30, 9, 0.0001), 0.26), mean_evidence(live, moments(30, 9, 0.25), 0.26));
  EXPECT_TRUE(std::isfinite(mean_evidence(moments(30, 5, 0), moments(30, 6, 0), 0.26)));
}

TEST(SamplesNeeded, IsWhereEqualArmsRefuteTheHarm) {
  const double needed = samples_needed(0.1 * 0.9, 0.01, 0.05, 1e9);
  const auto n = static_cast<std::uint64_t>(needed);
  const Rate live{100'000'000, 1'000'000'000};
  EXPECT_NEAR(rate_evidence(live, {n / 10, n}, 0.01), std::log(0.05), 0.15);
  EXPECT_GT(samples_needed(0.09, 0.01, 0.05, 3), needed);
}

TEST(Moments, AddUpWhateverTheOrder) {
  Moments all;
  Moments first;
  Moments second;
  for (int i = 0; i < 100; ++i) {
    const double x = std::sin(i) * 3 + 1000;
    all.add(x);
    (i < 37 ? first : second).add(x);
  }
  first.add(second);
  first.add(Moments{});
  EXPECT_EQ(first.n, all.n);
  EXPECT_NEAR(first.mean, all.mean, 1e-9);
  EXPECT_NEAR(first.squares, all.squares, 1e-6);
}

}  // namespace
}  // namespace tenor::rollout
