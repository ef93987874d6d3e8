#include "gate/fusion.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

namespace tenor::gate {
namespace {

TEST(SoftmaxTest, IsADistributionAndShiftInvariant) {
  const std::array<float, 3> logits = {1000.0f, 1001.0f, 999.0f};
  std::array<float, 3> probabilities{};
  softmax(logits, probabilities);
  EXPECT_NEAR(std::accumulate(probabilities.begin(), probabilities.end(), 0.0f), 1.0f, 1e-6f);
  EXPECT_NEAR(probabilities[1] / probabilities[0], std::exp(1.0f), 1e-4f);
  std::array<float, 1> one{};
  softmax(std::array<float, 1>{-5.0f}, one);
  EXPECT_EQ(one[0], 1.0f);
}

TEST(AverageTest, IsTheMeanOfTheExperts) {
  const std::array<float, 6> two = {0.5f, 0.25f, 0.25f, 0.1f, 0.65f, 0.25f};
  std::array<float, 3> fused{};
  average(two, fused);
  EXPECT_FLOAT_EQ(fused[0], 0.3f);
  EXPECT_FLOAT_EQ(fused[1], 0.45f);
  EXPECT_FLOAT_EQ(fused[2], 0.25f);
}

TEST(DecideTest, OffsetsMoveTheDecisionOnly) {
  const std::array<float, 3> probabilities = {0.5f, 0.4f, 0.1f};
  EXPECT_EQ(decide(probabilities, {}), 0u);
  EXPECT_EQ(decide(probabilities, std::array<float, 3>{0, 0.3f, 0}), 1u);
  EXPECT_EQ(decide(probabilities, std::array<float, 3>{0, 0.1f, 0}), 0u);
  EXPECT_EQ(decide(std::array<float, 2>{0.5f, 0.5f}, {}), 0u) << "the first of equals";
  EXPECT_EQ(decide(std::array<float, 2>{0.0f, 1.0f}, std::array<float, 2>{5, 0}), 1u);
}

}  // namespace
}  // namespace tenor::gate
