#include "judge/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::judge {
namespace {

using ::testing::HasSubstr;

// Four texts, the last one empty; one aspect.
JudgedRows rows_of(std::vector<std::int8_t> predicted, std::vector<std::int8_t> aspect) {
  JudgedRows rows;
  rows.aspect_names = {"food"};
  rows.scored = {1, 1, 1, 0};
  rows.gold = {0, 2, data::kUnlabelled, 0};
  rows.predicted = std::move(predicted);
  rows.aspect_gold = {3, data::kUnlabelled, data::kUnlabelled, 3};
  rows.aspect_predicted = std::move(aspect);
  for (std::size_t row = 0; row < 4; ++row) {
    for (int label = 0; label < 3; ++label) rows.probabilities.push_back(rows.predicted[row] == label ? 0.6f : 0.2f);
    for (int label = 0; label < 4; ++label) {
      rows.aspect_probabilities.push_back(rows.aspect_predicted[row] == label ? 0.7f : 0.1f);
    }
  }
  return rows;
}

TEST(ComparisonTest, CountsWhatDiffersInEachTask) {
  const JudgedRows first = rows_of({0, 2, 1, 0}, {3, 0, 1, 0}), second = rows_of({0, 0, 1, 2}, {3, 0, 2, 1});
  const auto comparison = compare("file", first, second);
  ASSERT_TRUE(comparison) << comparison.error().message;
  EXPECT_EQ(comparison->texts, 4u);
  EXPECT_EQ(comparison->unscored, 1u);
  ASSERT_EQ(comparison->tasks.size(), 2u);
  const TaskComparison& overall = comparison->tasks[0];
  EXPECT_EQ(overall.task, "overall");
  EXPECT_EQ(overall.texts, 3u) << "the empty text was not answered";
  EXPECT_EQ(overall.flips, 1u);
  EXPECT_DOUBLE_EQ(overall.flip_share(), 1.0 / 3);
  EXPECT_NEAR(overall.largest_difference, 0.4, 1e-6);
  EXPECT_EQ(overall.labelled, 2u);
  EXPECT_DOUBLE_EQ(*overall.first_macro_f1, 1.0);
  EXPECT_LT(*overall.second_macro_f1, 1.0);
  const TaskComparison& food = comparison->tasks[1];
  EXPECT_EQ(food.flips, 1u);
  EXPECT_EQ(food.labelled, 1u);
  EXPECT_THAT(comparison_text(*comparison, "float", "INT8"), HasSubstr("file: 4 texts, 1 of them empty"));
  EXPECT_THAT(comparison_markdown({&*comparison, 1}, "float", "INT8"), HasSubstr("| file | food | 1/3 | 33.33 % |"));
}

TEST(ComparisonTest, UnlabelledTextsHaveNoScores) {
  JudgedRows rows = rows_of({0, 2, 1, 0}, {3, 0, 1, 0});
  rows.gold.assign(4, data::kUnlabelled);
  rows.aspect_gold.assign(4, data::kUnlabelled);
  const auto comparison = compare("file", rows, rows);
  ASSERT_TRUE(comparison) << comparison.error().message;
  EXPECT_EQ(comparison->tasks[0].flips, 0u);
  EXPECT_EQ(comparison->tasks[0].largest_difference, 0);
  EXPECT_FALSE(comparison->tasks[0].first_macro_f1);
  EXPECT_FALSE(comparison->tasks[1].first_macro_f1);
}

TEST(ComparisonTest, DifferentRowsAreNotCompared) {
  JudgedRows other = rows_of({0, 2, 1, 0}, {3, 0, 1, 0});
  other.aspect_names = {"noise"};
  EXPECT_FALSE(compare("file", rows_of({0, 2, 1, 0}, {3, 0, 1, 0}), other));
}

}  // namespace
}  // namespace tenor::judge
