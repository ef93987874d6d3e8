#include "train/space_judgement.h"

#include <gtest/gtest.h>

namespace tenor::train {
namespace {

using Decisions = std::vector<std::int8_t>;

data::Dataset rows_of(const std::vector<std::uint32_t>& sources) {
  data::Dataset dataset;
  dataset.sources = {"", "big", "small"};
  for (const std::uint32_t source : sources) dataset.rows.push_back({"x", 0, source, 0, {}});
  return dataset;
}

TEST(DecideRowsTest, OffsetsCount) {
  const std::vector<float> probabilities = {0.5f, 0.3f, 0.2f, /**/ 0.1f, 0.2f, 0.7f};
  EXPECT_EQ(decide_rows(probabilities, std::vector<float>{0, 0, 0}), (Decisions{0, 2}));
  EXPECT_EQ(decide_rows(probabilities, std::vector<float>{0, 1, 0}), (Decisions{1, 2}));
}

TEST(DecideKnownLabelsTest, TwoClassRowsDoNotDecideForTheMaskedLabel) {
  const std::vector<float> scores = {1, 5, 2, /**/ 1, 5, 2, /**/ 3, 5, 2};
  const std::vector<std::uint8_t> two_class = {0, 1, 1};
  EXPECT_EQ(decide_known_labels(scores, 3, two_class, 1), (Decisions{1, 2, 0}));
  EXPECT_EQ(decide_known_labels(scores, 3, two_class, std::nullopt), (Decisions{1, 1, 1}));
  const std::vector<float> first = {9, 1, 2};
  EXPECT_EQ(decide_known_labels(first, 3, std::vector<std::uint8_t>{1}, 0), Decisions{2}) << "the first label masked";
}

TEST(MeanMacroF1Test, EverySourceCountsTheSame) {
  // big: all four right: 1. small: one of two wrong: label 0 F1 2/3, label 1 F1 0: 1/3.
  const data::Dataset dataset = rows_of({1, 1, 1, 1, 2, 2, 2});
  const Decisions gold = {0, 0, 1, 1, 0, 1, -1};
  const Decisions decided = {0, 0, 1, 1, 0, 0, 1};
  EXPECT_NEAR(mean_macro_f1_by_source(dataset, gold, decided), (1 + 1.0 / 3) / 2, 1e-9);
  EXPECT_EQ(mean_macro_f1_by_source(dataset, Decisions(7, -1), decided), 0) << "nothing to judge";
}

TEST(DevScoresTest, NamesTheTaskAndItsSources) {
  std::map<std::string, double> scores;
  add_dev_scores(rows_of({1, 1, 2}), Decisions{0, 1, 0}, Decisions{0, 1, 1}, "overall", scores);
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_NEAR(scores["overall big"], 1, 1e-9);
  EXPECT_NEAR(scores["overall small"], 0, 1e-9);
  EXPECT_NEAR(scores["overall"], 2.0 / 3, 1e-9);
  add_dev_scores(rows_of({1, 1}), Decisions{0, 1}, Decisions{0, 1}, "food", scores);
  EXPECT_TRUE(scores.contains("food"));
  EXPECT_FALSE(scores.contains("food big")) << "one source: nothing more to say";
  add_dev_scores(rows_of({1}), Decisions{-1}, Decisions{0}, "noise", scores);
  EXPECT_FALSE(scores.contains("noise")) << "no labelled row";
}

TEST(ShortNumberTest, FourDigits) {
  EXPECT_EQ(short_number(0.123456), "0.1235");
  EXPECT_EQ(short_number(10), "10");
}

}  // namespace
}  // namespace tenor::train
