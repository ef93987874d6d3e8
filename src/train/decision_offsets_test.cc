#include "train/decision_offsets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "gate/fusion.h"

namespace tenor::train {
namespace {

struct Rows {
  std::vector<float> probabilities;
  std::vector<std::int8_t> gold;
  void add(std::vector<float> row, std::int8_t label, int times) {
    for (int i = 0; i < times; ++i) {
      probabilities.insert(probabilities.end(), row.begin(), row.end());
      gold.push_back(label);
    }
  }
  OffsetData data(std::size_t labels) const { return {labels, probabilities, gold, std::nullopt, 0}; }
};

// Label 1 is rare and never the most probable: 10 of its rows look like 5 rows of label 0, 85 rows are plainly 0.
Rows skewed() {
  Rows rows;
  rows.add({0.95f, 0.05f}, 0, 85);
  rows.add({0.6f, 0.4f}, 0, 5);
  rows.add({0.6f, 0.4f}, 1, 10);
  return rows;
}

TEST(MergedMacroF1Test, IsTheMeanOverTheClasses) {
  Rows rows;
  rows.add({0.9f, 0.1f, 0}, 0, 3);
  rows.add({0.9f, 0.1f, 0}, 1, 1);
  rows.add({0.1f, 0.9f, 0}, 1, 1);
  const std::vector<float> zeros(3);
  // Label 0: precision 3/4, recall 1: F1 6/7. Label 1: precision 1, recall 1/2: F1 2/3. Label 2 does not occur.
  EXPECT_NEAR(merged_macro_f1(rows.data(3), zeros), (6.0 / 7 + 2.0 / 3) / 2, 1e-9);
  rows.add({0, 0.5f, 0.5f}, -1, 50);
  EXPECT_NEAR(merged_macro_f1(rows.data(3), zeros), (6.0 / 7 + 2.0 / 3) / 2, 1e-9) << "unlabelled rows are left out";
}

TEST(MergedMacroF1Test, MergedLabelsAreOne) {
  Rows rows;
  rows.add({0.9f, 0.05f, 0.05f}, 0, 1);
  rows.add({0, 0.9f, 0.1f}, 2, 1);  // neutral for not_mentioned: right after merging
  rows.add({0, 0.1f, 0.9f}, 1, 1);
  OffsetData data = rows.data(3);
  const std::vector<float> zeros(3);
  EXPECT_NEAR(merged_macro_f1(data, zeros), 1.0 / 3, 1e-9);
  data.merged = 2;
  data.merged_into = 1;
  EXPECT_NEAR(merged_macro_f1(data, zeros), 1, 1e-9);
}

TEST(FitOffsetsTest, HelpARareClass) {
  const Rows rows = skewed();
  const OffsetData data = rows.data(2);
  const std::vector<float> offsets = fit_offsets(data, {.limit = 1, .penalty = 0, .accuracy = 0});
  ASSERT_EQ(offsets.size(), 2u);
  EXPECT_EQ(offsets[1], 0) << "only differences matter";
  EXPECT_LT(offsets[0], -std::log(0.6 / 0.4));
  EXPECT_GE(offsets[0], -1);
  EXPECT_GT(merged_macro_f1(data, offsets), merged_macro_f1(data, std::vector<float>(2)) + 0.3);
  EXPECT_EQ(gate::decide(std::vector<float>{0.6f, 0.4f}, offsets), 1u) << "as the engine will decide";
  EXPECT_EQ(gate::decide(std::vector<float>{0.95f, 0.05f}, offsets), 0u);
}

TEST(FitOffsetsTest, StayWithinTheLimit) {
  const Rows rows = skewed();
  EXPECT_EQ(fit_offsets(rows.data(2), {.limit = 0}), std::vector<float>(2));
  // ln(0.6 / 0.4) = 0.405: a limit of 0.4 reaches no row.
  EXPECT_EQ(fit_offsets(rows.data(2), {.limit = 0.4}), std::vector<float>(2));
  EXPECT_NEAR(fit_offsets(rows.data(2), {.limit = 0.5})[0], -0.5, 1e-6);
}

TEST(FitOffsetsTest, APenaltyMakesThemEarnTheirSize) {
  const Rows rows = skewed();
  const auto gain = [&](float offset) {
    return merged_macro_f1(rows.data(2), std::vector<float>{offset, 0}) -
           merged_macro_f1(rows.data(2), std::vector<float>(2));
  };
  const double least = gain(-0.5f) / 0.5;
  EXPECT_NE(fit_offsets(rows.data(2), {.limit = 1, .penalty = 0.9 * least, .accuracy = 0}), std::vector<float>(2));
  EXPECT_EQ(fit_offsets(rows.data(2), {.limit = 1, .penalty = 1.1 * least, .accuracy = 0}), std::vector<float>(2));
}

TEST(FitOffsetsTest, AccuracyHoldsThemBack) {
  Rows rows;
  rows.add({0.95f, 0.05f}, 0, 50);
  rows.add({0.6f, 0.4f}, 0, 30);  // an offset would get these wrong to get those right
  rows.add({0.6f, 0.4f}, 1, 10);
  EXPECT_NE(fit_offsets(rows.data(2), {.limit = 1, .accuracy = 0}), std::vector<float>(2));
  EXPECT_EQ(fit_offsets(rows.data(2), {.limit = 1, .accuracy = 5}), std::vector<float>(2));
}

TEST(FitOffsetsTest, NeverLowerTheObjective) {
  Random random(1);
  for (int round = 0; round < 20; ++round) {
    Rows rows;
    for (int r = 0; r < 80; ++r) {
      std::vector<float> logits(4), row(4);
      for (float& logit : logits) logit = static_cast<float>(random.uniform() * 3);
      gate::softmax(logits, row);
      rows.add(row, static_cast<std::int8_t>(random.below(5)) - 1, 1);
    }
    OffsetData data = rows.data(4);
    data.merged = 3;
    data.merged_into = 1;
    const std::vector<float> offsets = fit_offsets(data, {.limit = 1, .penalty = 0.01, .accuracy = 0});
    EXPECT_GE(merged_macro_f1(data, offsets), merged_macro_f1(data, std::vector<float>(4)));
    EXPECT_EQ(offsets[3], 0);
    for (const float offset : offsets) {
      EXPECT_LE(std::abs(offset), 1);
      EXPECT_NEAR(offset * 10, std::round(offset * 10), 1e-5) << "tenths";
    }
    EXPECT_EQ(offsets, fit_offsets(data, {.limit = 1, .penalty = 0.01, .accuracy = 0}));
  }
}

TEST(FitOffsetsTest, WithoutLabelledRowsNothingMoves) {
  Rows rows;
  rows.add({0.5f, 0.5f}, -1, 10);
  EXPECT_EQ(fit_offsets(rows.data(2), {.limit = 1}), std::vector<float>(2));
  EXPECT_EQ(fit_offsets(Rows{}.data(2), {.limit = 1}), std::vector<float>(2));
}

}  // namespace
}  // namespace tenor::train
