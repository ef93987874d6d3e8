#include "compress/product_plan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tenor::compress {
namespace {

constexpr std::size_t kInputs = 70, kOutputs = 37, kRows = 64;  // no multiples of what kernels take at once

std::vector<float> random_numbers(std::size_t count, unsigned seed, float spread) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-spread, spread);
  std::vector<float> out(count);
  for (float& number : out) number = uniform(random);
  return out;
}

// Inputs of the same size everywhere, but for some channels that are `factor` times as large.
ProductInputs inputs_with(float factor) {
  ProductInputs out;
  out.held = random_numbers(kRows * kInputs, 2, 1.0f);
  out.peaks.assign(kInputs, 1.0f);
  out.mean_squares.assign(kInputs, 1.0f / 3);
  for (const std::size_t channel : {std::size_t{5}, std::size_t{69}}) {
    for (std::size_t i = channel; i < out.held.size(); i += kInputs) out.held[i] *= factor;
    out.peaks[channel] *= factor;
    out.mean_squares[channel] *= factor * factor;
  }
  return out;
}

TEST(ProductPlanTest, LargeInputsAreSmoothedIntoTheWeights) {
  auto weights = random_numbers(kOutputs * kInputs, 1, 0.05f);
  for (const std::size_t channel : {std::size_t{5}, std::size_t{69}}) {
    for (std::size_t i = channel; i < weights.size(); i += kInputs) weights[i] /= 100;
  }
  const ProductInputs seen = inputs_with(100);
  const ProductPlan plan = plan_product(weights, &seen, kInputs, {});
  ASSERT_EQ(plan.smooth.size(), kInputs);
  EXPECT_LT(plan.smooth[5], plan.smooth[6] / 10);
  EXPECT_GT(*plan.output_snr_db, *plan.plain_output_snr_db + 15);
  EXPECT_GT(*plan.output_snr_db, 35);
  const auto divided = smoothed_weights(weights, plan.smooth);
  EXPECT_FLOAT_EQ(divided[kInputs + 5] * plan.smooth[5], weights[kInputs + 5]);

  const ProductPlan without = plan_product(weights, &seen, kInputs, {.search_ranges = true, .smooth = false});
  EXPECT_TRUE(without.smooth.empty());
  EXPECT_FALSE(without.strength);
  EXPECT_LT(*without.output_snr_db, *plan.output_snr_db - 15);
}

TEST(ProductPlanTest, EvenInputsAreNotSmoothed) {
  const ProductInputs seen = inputs_with(1);
  const ProductPlan plan = plan_product(random_numbers(kOutputs * kInputs, 1, 0.05f), &seen, kInputs, {});
  EXPECT_TRUE(plan.smooth.empty());
  EXPECT_GT(*plan.output_snr_db, 35);
}

TEST(ProductPlanTest, SilentInputsAndWeightsDoNoHarm) {
  ProductInputs seen = inputs_with(50);
  auto weights = random_numbers(kOutputs * kInputs, 1, 0.05f);
  for (std::size_t row = 0; row < kRows; ++row) seen.held[row * kInputs + 7] = 0;
  seen.peaks[7] = seen.mean_squares[7] = 0;
  for (std::size_t o = 0; o < kOutputs; ++o) weights[o * kInputs + 8] = 0;
  for (std::size_t i = 0; i < kInputs; ++i) weights[3 * kInputs + i] = 0;
  const ProductPlan plan = plan_product(weights, &seen, kInputs, {});
  ASSERT_EQ(plan.ranges.size(), kOutputs);
  EXPECT_EQ(plan.ranges[3], 0.0f);
  for (const float factor : plan.smooth) EXPECT_TRUE(std::isfinite(factor) && factor > 0);
  EXPECT_TRUE(std::isfinite(*plan.output_snr_db));
}

TEST(ProductPlanTest, WithoutCalibrationTheWeightsDecide) {
  const auto weights = random_numbers(kOutputs * kInputs, 1, 0.05f);
  const ProductPlan plan = plan_product(weights, nullptr, kInputs, {});
  EXPECT_EQ(plan.ranges.size(), kOutputs);
  EXPECT_TRUE(plan.smooth.empty());
  EXPECT_FALSE(plan.output_snr_db);
}

}  // namespace
}  // namespace tenor::compress
