#include "gate/method.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

namespace tenor::gate {
namespace {

TEST(MethodTest, NamesAreReadBack) {
  for (const Method method : kMethods) EXPECT_EQ(parse_method(to_string(method)), method);
  EXPECT_FALSE(parse_method("Vote"));
  EXPECT_FALSE(parse_method(""));
}

TEST(VoteTest, MostExpertsDecideAndTiesGoByProbability) {
  const std::array<float, 9> two_to_one = {0.4f, 0.3f, 0.3f, 0.4f, 0.3f, 0.3f, 0.0f, 1.0f, 0.0f};
  EXPECT_EQ(vote(two_to_one, 3), 0u) << "one certain expert is one vote";
  const std::array<float, 6> tie = {0.6f, 0.4f, 0.0f, 0.1f, 0.9f, 0.0f};
  EXPECT_EQ(vote(tie, 3), 1u);
  EXPECT_EQ(vote(std::array<float, 2>{0.5f, 0.5f}, 2), 0u) << "the first of equals";
}

TEST(StackTest, IdentityOfOneExpertIsThatExpert) {
  const std::array<float, 4> two = {0.7f, 0.3f, 0.1f, 0.9f};
  Stacking stacking{{1, 0, 0, 0, 0, 1, 0, 0}, {0, 0}};
  std::array<float, 2> fused{};
  stack(two, stacking, fused);
  EXPECT_NEAR(fused[0], 0.7f, 1e-6f);
  stacking.bias = {0, std::log(2.0f)};
  stack(two, stacking, fused);
  EXPECT_NEAR(fused[1] / fused[0], 2 * 0.3f / 0.7f, 1e-5f);
}

TEST(LogitsTest, AreCentred) {
  std::array<float, 3> logits{};
  centred_logits(std::array<float, 3>{0.5f, 0.5f, 0.0f}, logits);
  EXPECT_NEAR(std::accumulate(logits.begin(), logits.end(), 0.0f), 0, 1e-5f);
  EXPECT_EQ(logits[0], logits[1]);
}

}  // namespace
}  // namespace tenor::gate
