#include "gate/pool.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace tenor::gate {
namespace {

using Two = std::array<float, 2>;
using Four = std::array<float, 4>;

// Two experts, two labels, one feature.
Pool plain() {
  return {{0, 0}, {0, 0}, 1, std::vector<float>(8), {0, 0}};
}
constexpr Four kSaid = {0.8f, 0.2f, 0.5f, 0.5f};

Two answered(const Pool& pool, float feature, Two bias = {0, 0}, const Four& said = kSaid) {
  Two out{};
  answer(pool, bias, std::array<float, 1>{feature}, said, out);
  return out;
}

TEST(PoolTest, IsAGeometricMean) {
  const Two mean = answered(plain(), 0);
  EXPECT_NEAR(mean[0] / mean[1], 2.0f, 1e-5f) << "the root of 4";
  Pool sharp = plain();
  sharp.temperature = 0.5f;
  const Two sharpened = answered(sharp, 0);
  EXPECT_NEAR(sharpened[0] / sharpened[1], 4.0f, 1e-5f);
  EXPECT_TRUE(std::isfinite(answered(plain(), 0, {0, 0}, {0, 1, 0, 1})[0]));
}

TEST(PoolTest, WeightsFollowTheText) {
  Pool pool = plain();
  pool.mixture = {50, 0};
  const Two first = answered(pool, 1), second = answered(pool, -1);
  EXPECT_NEAR(first[0], 0.8f, 1e-5f);
  EXPECT_NEAR(second[0], 0.5f, 1e-5f);
  Two weights{};
  mixture_weights(pool, std::array<float, 1>{0}, weights);
  EXPECT_EQ(weights[0], 0.5f);
}

TEST(PoolTest, ResidualShiftAndBiasAreAdded) {
  Pool pool = plain();
  pool.residual[0] = 0.5f;  // the first label's logit of the first expert, again
  EXPECT_NEAR(answered(pool, 0)[0] / answered(pool, 0)[1], 2 * std::sqrt(std::sqrt(4.0f)), 1e-4f);
  pool = plain();
  pool.shift = {std::log(3.0f), 0};
  EXPECT_NEAR(answered(pool, 1)[0] / answered(pool, 1)[1], 6.0f, 1e-4f);
  const Two moved = answered(pool, 0, {0, std::log(2.0f)});
  EXPECT_NEAR(moved[0] / moved[1], 1.0f, 1e-5f);
}

}  // namespace
}  // namespace tenor::gate
