#include "train/one_against_rest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace tenor::train {
namespace {

// Source "big": 6 positive, 2 negative. Source "small": 1 positive, 1 neutral, 1 unlabelled.
data::Dataset two_sources() {
  data::Dataset dataset;
  dataset.sources = {"", "big", "small"};
  const auto add = [&](std::uint32_t source, std::int8_t label, int times) {
    for (int i = 0; i < times; ++i) dataset.rows.push_back({"x", label, source, 0, {}});
  };
  add(1, data::kPositive, 6);
  add(1, data::kNegative, 2);
  add(2, data::kPositive, 1);
  add(2, data::kNeutral, 1);
  add(2, data::kUnlabelled, 1);
  return dataset;
}

double sum_of(const std::vector<double>& weights, std::size_t begin, std::size_t end) {
  return std::accumulate(weights.begin() + static_cast<std::ptrdiff_t>(begin),
                         weights.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
}

TEST(RowWeightsTest, AreOneUnlessAskedFor) {
  EXPECT_EQ(row_weights(two_sources(), {}), std::vector<double>(11, 1.0));
}

TEST(RowWeightsTest, SourceBalanceMakesTheClassesOfASourceWeighTheSame) {
  SpaceConfig space;
  space.source_balance = 1;
  const std::vector<double> even = row_weights(two_sources(), space);
  EXPECT_NEAR(sum_of(even, 0, 6), 4, 1e-9) << "positive of big";
  EXPECT_NEAR(sum_of(even, 6, 8), 4, 1e-9) << "negative of big";
  EXPECT_NEAR(even[8], 1, 1e-9);
  EXPECT_NEAR(even[9], 1, 1e-9);
  EXPECT_EQ(even[10], 1) << "unlabelled rows are in no class";
  space.source_balance = 0.5;
  EXPECT_NEAR(row_weights(two_sources(), space)[6], std::sqrt(even[6]), 1e-9);
}

TEST(RowWeightsTest, ASourceMayHaveABalanceOfItsOwn) {
  SpaceConfig space;
  space.source_balance = 1;
  space.source_balances = {{"big", 0}, {"nowhere", 1}};
  std::vector<double> weights = row_weights(two_sources(), space);
  EXPECT_EQ(weights[0], 1) << "as its rows come";
  EXPECT_EQ(weights[6], 1);
  space.source_balance = 0;
  space.source_balances = {{"big", 1}};
  weights = row_weights(two_sources(), space);
  EXPECT_NEAR(weights[0], 4.0 / 6, 1e-9);
  EXPECT_NEAR(weights[6], 2, 1e-9);
  EXPECT_EQ(weights[8], 1);
}

TEST(RowWeightsTest, SourceWeightsMultiply) {
  SpaceConfig space;
  space.source_weights = {{"big", 0.5}, {"nowhere", 9}};
  std::vector<double> weights = row_weights(two_sources(), space);
  EXPECT_EQ(weights[0], 0.5);
  EXPECT_EQ(weights[8], 1);
  space.source_balance = 1;
  weights = row_weights(two_sources(), space);
  EXPECT_NEAR(weights[6], 0.5 * 2, 1e-9);
}

TEST(TwoClassRowsTest, AreThoseOfTheNamedSources) {
  SpaceConfig space;
  space.two_class_sources = {"big", "nowhere"};
  const auto flags = two_class_rows(two_sources(), space);
  EXPECT_EQ(flags, (std::vector<std::uint8_t>{1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}));
}

TEST(OneAgainstRestTest, LabelsSidesAndLeavesUnlabelledRowsOut) {
  const std::vector<std::int8_t> labels = {0, 1, -1, 2, 0};
  const std::vector<double> weights = {1, 1, 1, 2, 0};
  const std::vector<std::uint8_t> two_class(5);
  const BinaryProblem problem = one_against_rest({labels, weights, two_class}, 0, false, {});
  EXPECT_EQ(problem.rows, (std::vector<std::uint32_t>{0, 1, 3, 4}));
  EXPECT_EQ(problem.labels, (std::vector<std::int8_t>{1, -1, -1, 1}));
  EXPECT_EQ(problem.copies, (std::vector<std::uint16_t>{1, 1, 2, 0}));
}

TEST(OneAgainstRestTest, TwoClassRowsSayNothingAboutNeutral) {
  const std::vector<std::int8_t> labels = {0, 1, 2, 0};
  const std::vector<double> weights = {1, 1, 1, 1};
  const std::vector<std::uint8_t> two_class = {1, 0, 0, 0};
  SpaceConfig space;
  EXPECT_EQ(one_against_rest({labels, weights, two_class}, 1, true, space).copies,
            (std::vector<std::uint16_t>{0, 1, 1, 1}));
  EXPECT_EQ(one_against_rest({labels, weights, two_class}, 0, false, space).copies,
            (std::vector<std::uint16_t>{1, 1, 1, 1}))
      << "but about positive they do";
  space.two_class_neutral_weight = 0.5;
  space.weight_resolution = 2;
  EXPECT_EQ(one_against_rest({labels, weights, two_class}, 1, true, space).copies,
            (std::vector<std::uint16_t>{1, 2, 2, 2}));
}

TEST(SideWeightsTest, BalanceTheCopiesOfBothSides) {
  const BinaryProblem problem{{0, 1, 2, 3}, {1, -1, -1, -1}, {2, 1, 1, 4}};
  const SideWeights none = side_weights(problem, 0);
  EXPECT_EQ(none.positive, 1);
  EXPECT_EQ(none.negative, 1);
  const SideWeights even = side_weights(problem, 1);
  EXPECT_NEAR(even.positive * 2, 4, 1e-9);
  EXPECT_NEAR(even.negative * 6, 4, 1e-9);
  const SideWeights half = side_weights(problem, 0.5);
  EXPECT_NEAR(half.positive, std::sqrt(2.0), 1e-9);
  const SideWeights one_sided = side_weights({{0}, {1}, {1}}, 1);
  EXPECT_EQ(one_sided.positive, 1) << "nothing to balance with";
}

}  // namespace
}  // namespace tenor::train
