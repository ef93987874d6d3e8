#include "gate/trees.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::gate {
namespace {

using ::testing::HasSubstr;

constexpr std::int16_t kLeaf = Trees::kLeaf;

// x0 < 1 ? (x1 < 2 ? 10 : 20) : 30, and x1 < 5 ? 1 : 2.
Trees two_trees() {
  return *Trees::make({0, 1, kLeaf, kLeaf, kLeaf, 1, kLeaf, kLeaf}, {1, 2, 10, 20, 30, 5, 1, 2}, 2);
}

float sum_of(const Trees& trees, float x0, float x1) {
  const float features[] = {x0, x1};
  return trees.sum(features);
}

TEST(TreesTest, AddWhatEachLeadsTo) {
  const Trees trees = two_trees();
  EXPECT_EQ(sum_of(trees, 0, 0), 11);
  EXPECT_EQ(sum_of(trees, 0, 2), 21) << "the first branch is for less";
  EXPECT_EQ(sum_of(trees, 1, 0), 31);
  EXPECT_EQ(sum_of(trees, 7, 7), 32);
  EXPECT_EQ(sum_of(*Trees::make({kLeaf, kLeaf}, {1, 2}, 0), 0, 0), 3) << "trees may be single leaves";
  EXPECT_EQ(sum_of(Trees(), 0, 0), 0);
  EXPECT_TRUE(Trees().empty());
}

std::string error_of(std::vector<std::int16_t> split, std::vector<float> value) {
  const auto trees = Trees::make(std::move(split), std::move(value), 2);
  if (trees) return "";
  EXPECT_EQ(trees.error().code, ErrorCode::corrupt);
  return trees.error().message;
}

TEST(TreesTest, RefusesWhatAreNoTrees) {
  EXPECT_THAT(error_of({2, kLeaf, kLeaf}, {0, 0, 0}), HasSubstr("no feature 2"));
  EXPECT_THAT(error_of({-2}, {0}), HasSubstr("no feature -2"));
  EXPECT_THAT(error_of({0, kLeaf}, {0, 0}), HasSubstr("not whole"));
  EXPECT_THAT(error_of({kLeaf, 0}, {0, 0}), HasSubstr("not whole"));
  EXPECT_THAT(error_of({kLeaf}, {}), HasSubstr("a value for each"));
  EXPECT_THAT(
      error_of(std::vector<std::int16_t>(Trees::kMostNodes + 1, kLeaf), std::vector<float>(Trees::kMostNodes + 1)),
      HasSubstr("at most"));
  EXPECT_EQ(error_of({}, {}), "");
}

}  // namespace
}  // namespace tenor::gate
