#include "rollout/assignment.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace tenor::rollout {
namespace {

std::string key_of(int i) {
  return "key-" + std::to_string(i);
}

TEST(Assignment, IsTheSameForTheSameKeyAndKnownOnEveryPlatform) {
  EXPECT_EQ(point_of("salt", "key"), point_of("salt", "key"));
  EXPECT_NE(point_of("salt", "key"), point_of("other", "key"));
  EXPECT_NE(point_of("salt", "key"), point_of("saltk", "ey"));
  EXPECT_GE(point_of("", ""), 0);
  EXPECT_LT(point_of("", ""), 1);
}

TEST(Assignment, GivesEveryArmItsShare) {
  const std::array<double, 3> arms = {2, 1, 1};
  std::array<int, 3> seen{};
  int canary = 0;
  constexpr int kKeys = 40000;
  for (int i = 0; i < kKeys; ++i) {
    const auto arm = choose_arm("s", key_of(i), {0.05, arms});
    arm == kCanary ? ++canary : ++seen[arm];
  }
  // Six standard deviations of a binomial count.
  EXPECT_NEAR(canary, 0.05 * kKeys, 6 * 44);
  EXPECT_NEAR(seen[0], 0.475 * kKeys, 6 * 100);
  EXPECT_NEAR(seen[1], 0.2375 * kKeys, 6 * 86);
  EXPECT_NEAR(seen[2], 0.2375 * kKeys, 6 * 86);
}

TEST(Assignment, RaisingTheCanaryMovesKeysIntoItOnly) {
  const std::array<double, 2> arms = {0.7, 0.3};
  for (int i = 0; i < 5000; ++i) {
    std::size_t before = choose_arm("release", key_of(i), {0, arms});
    for (const double share : {0.01, 0.05, 0.25, 0.9, 1.0}) {
      const std::size_t now = choose_arm("release", key_of(i), {share, arms});
      EXPECT_TRUE(now == kCanary || now == before) << i << " at " << share;
      EXPECT_TRUE(before != kCanary || now == kCanary) << i << " at " << share;
      before = now;
    }
    EXPECT_EQ(before, kCanary);
  }
}

TEST(Assignment, TakesTheLiveArmWhereThereIsNoOther) {
  const std::array<double, 1> arms = {1};
  EXPECT_EQ(choose_arm("s", "k", {0, arms}), 0U);
  EXPECT_EQ(choose_arm("s", "k", {1, arms}), kCanary);
  const std::array<double, 3> closed = {1, 0, 0};
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(choose_arm("s", key_of(i), {0, closed}), 0U);
}

}  // namespace
}  // namespace tenor::rollout
