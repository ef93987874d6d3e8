#include "train/boosted_trees.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace tenor::train {
namespace {

struct Made {
  std::vector<float> x, targets, weights;
};

// y = x0 > 0.5 ? (x1 > 0.25 ? 0.9 : 0.3) : 0.1; the third feature is noise.
Made steps(std::size_t rows) {
  Random random(7);
  Made out;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto x0 = static_cast<float>(random.uniform()), x1 = static_cast<float>(random.uniform());
    out.x.insert(out.x.end(), {x0, x1, static_cast<float>(random.uniform())});
    out.targets.push_back(x0 > 0.5f ? (x1 > 0.25f ? 0.9f : 0.3f) : 0.1f);
    out.weights.push_back(1);
  }
  return out;
}

TEST(BoostedTreesTest, FindSteps) {
  const Made made = steps(4000);
  const auto trees = fit_boosted_trees(made.x, 3, made.targets, made.weights, {});
  ASSERT_TRUE(trees) << trees.error().message;
  double worst = 0;
  for (std::size_t i = 0; i < made.targets.size(); ++i) {
    const auto row = std::span(made.x).subspan(i * 3, 3);
    if (std::abs(row[0] - 0.5f) < 0.02f || std::abs(row[1] - 0.25f) < 0.02f) continue;
    worst = std::max(worst, std::abs(static_cast<double>(std::exp(trees->sum(row)) - made.targets[i])));
  }
  EXPECT_LT(worst, 0.04);
  EXPECT_EQ(*trees, *fit_boosted_trees(made.x, 3, made.targets, made.weights, {})) << "no chance";
}

TEST(BoostedTreesTest, KeepsToItsBounds) {
  const Made made = steps(1000);
  const auto stumps = fit_boosted_trees(made.x, 3, made.targets, made.weights, {10, 2, 0.3, 1});
  ASSERT_TRUE(stumps) << stumps.error().message;
  EXPECT_EQ(stumps->split().size(), 31u) << "the mean, and ten trees of a question and two leaves";
  const auto none = fit_boosted_trees(made.x, 3, made.targets, made.weights, {1, 8, 1, 2000});
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_EQ(none->split().size(), 2u) << "the mean, and a leaf, which is all that may hold so little";
}

TEST(BoostedTreesTest, RowsCountByTheirWeights) {
  const std::vector<float> x(200, 0), targets = [] {
    std::vector<float> out(200, 0);
    std::fill(out.begin() + 100, out.end(), 1.0f);
    return out;
  }();
  std::vector<float> weights(200, 1);
  std::fill(weights.begin() + 100, weights.end(), 3.0f);
  const auto trees = fit_boosted_trees(x, 1, targets, weights, {1, 2, 1, 1});
  ASSERT_TRUE(trees) << trees.error().message;
  EXPECT_NEAR(std::exp(trees->sum(std::span(x).first(1))), 0.75, 1e-5);
}

TEST(BoostedTreesTest, RefusesWhatDoesNotFit) {
  const std::vector<float> two = {1, 2}, one = {1};
  EXPECT_EQ(fit_boosted_trees({}, 1, {}, {}, {}).error().code, ErrorCode::invalid_argument);
  const std::vector<float> zeros = {0, 0};
  EXPECT_EQ(fit_boosted_trees(two, 1, zeros, two, {}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(fit_boosted_trees(two, 1, one, one, {}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(fit_boosted_trees(two, 1, two, one, {}).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace tenor::train
