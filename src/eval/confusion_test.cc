#include "eval/confusion.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tenor::eval {
namespace {

// gold 0: 3 right, 1 to 1; gold 1: 2 right, 2 to 0; class 2 is predicted once (gold 1) and never gold; class 3 nowhere.
Confusion example() {
  Confusion table(4);
  table.add(0, 0, 3);
  table.add(0, 1);
  table.add(1, 1, 2);
  table.add(1, 0, 2);
  table.add(1, 2);
  return table;
}

TEST(ConfusionTest, ScoresByHand) {
  const Confusion table = example();
  EXPECT_EQ(table.total(), 9U);
  EXPECT_EQ(table.support(1), 5U);
  EXPECT_EQ(table.predicted(0), 5U);
  EXPECT_DOUBLE_EQ(table.precision(0), 3.0 / 5);
  EXPECT_DOUBLE_EQ(table.recall(0), 3.0 / 4);
  EXPECT_DOUBLE_EQ(table.f1(0), 6.0 / 9);
  EXPECT_DOUBLE_EQ(table.f1(1), 4.0 / 8);
  EXPECT_DOUBLE_EQ(table.accuracy(), 5.0 / 9);
}

TEST(ConfusionTest, MacroF1CountsClassesOfGoldOrPrediction) {
  // Class 2 (predicted, never gold) counts as 0, class 3 (nowhere) not at all: as scikit-learn does.
  EXPECT_DOUBLE_EQ(example().macro_f1(), (6.0 / 9 + 4.0 / 8 + 0) / 3);
  EXPECT_DOUBLE_EQ(example().macro_recall(), (3.0 / 4 + 2.0 / 5) / 2);
}

TEST(ConfusionTest, EmptyTableHasNoScores) {
  const Confusion table(3);
  EXPECT_TRUE(std::isnan(table.accuracy()));
  EXPECT_TRUE(std::isnan(table.macro_f1()));
  EXPECT_TRUE(std::isnan(table.macro_recall()));
  EXPECT_EQ(table.f1(0), 0);
}

}  // namespace
}  // namespace tenor::eval
