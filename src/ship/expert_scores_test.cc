#include "ship/expert_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::ship {
namespace {

using ::testing::ElementsAre;

// Two experts on the overall task, one of them on an aspect; three rows of a source with neutral, two of one without.
struct Toy {
  Toy() {
    overall.task = "overall";
    overall.labels = {"positive", "neutral", "negative"};
    overall.experts = {"linear_svm", "encoder"};
    overall.gold = {0, 1, 2, 0, 2};
    overall.decided = {0, 1, 2, 1, 1};
    overall.probabilities = {
        0.8f, 0.1f, 0.1f, 0.6f, 0.3f, 0.1f,  // both right
        0.5f, 0.4f, 0.1f, 0.1f, 0.8f, 0.1f,  // the encoder alone
        0.1f, 0.1f, 0.8f, 0.1f, 0.2f, 0.7f,  // both
        0.4f, 0.5f, 0.1f, 0.1f, 0.5f, 0.4f,  // two classes: the first alone
        0.1f, 0.6f, 0.3f, 0.1f, 0.6f, 0.3f,  // two classes: both
    };
    overall.fused = {0.7f, 0.2f, 0.1f, 0.3f, 0.6f, 0.1f, 0.1f, 0.1f, 0.8f, 0.3f, 0.5f, 0.2f, 0.1f, 0.6f, 0.3f};
    taste.task = "food_taste";
    taste.aspect = true;
    taste.labels = {"positive", "neutral", "negative", "not_mentioned"};
    taste.experts = {"linear_svm"};
    taste.gold = {0, 3, -1, -1, -1};
    taste.decided = {0, 3, 3, 3, 3};  // the second by an offset
    taste.probabilities = {0.9f, 0, 0, 0.1f, 0.6f, 0, 0, 0.4f, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    taste.fused = taste.probabilities;
    dev.dataset.sources = {"", "dishes", "shop"};
    for (std::size_t r = 0; r < 5; ++r) {
      data::Row row;
      row.label = overall.gold[r];
      row.source = r < 3 ? 1 : 2;
      dev.dataset.rows.push_back(row);
    }
    dev.two_class = {0, 0, 0, 1, 1};
  }
  std::vector<TaskAnswers> answers() const { return {overall, taste}; }

  TaskAnswers overall, taste;
  DevRows dev;
};

TEST(ExpertScoresTest, AnExpertAloneAnswersWithItsMostProbableLabel) {
  const Toy toy;
  const auto rows = judged_rows(toy.answers(), "linear_svm");
  EXPECT_THAT(rows.predicted, ElementsAre(0, 0, 2, 1, 1));
  EXPECT_THAT(rows.gold, ElementsAre(0, 1, 2, 0, 2));
  EXPECT_THAT(rows.aspect_names, ElementsAre("food_taste"));
  EXPECT_THAT(rows.aspect_predicted, ElementsAre(0, 0, 3, 3, 3)) << "without the offsets of the fusion";
  EXPECT_FLOAT_EQ(rows.probabilities[3], 0.5f);
  const auto fused = judged_rows(toy.answers(), std::nullopt);
  EXPECT_THAT(fused.predicted, ElementsAre(0, 1, 2, 1, 1));
  EXPECT_THAT(fused.aspect_predicted, ElementsAre(0, 3, 3, 3, 3));
}

TEST(ExpertScoresTest, TasksThatAnExpertDoesNotScoreAreLeftOut) {
  const auto rows = judged_rows(Toy().answers(), "encoder");
  EXPECT_TRUE(rows.aspect_names.empty());
  EXPECT_THAT(rows.predicted, ElementsAre(0, 1, 2, 1, 1));
  const auto nobody = judged_rows(Toy().answers(), "nobody");
  EXPECT_THAT(nobody.gold, ::testing::Each(data::kUnlabelled));
}

TEST(ExpertScoresTest, RefusedRowsAreNotJudged) {
  Toy toy;
  toy.overall.decided[1] = -1;
  const auto rows = judged_rows(toy.answers(), "encoder");
  EXPECT_THAT(rows.scored, ElementsAre(1, 0, 1, 1, 1));
}

TEST(ExpertScoresTest, MeasuresOfEachAnswerAndSource) {
  const Toy toy;
  const auto measures = dev_measures(all_answers(toy.answers()), toy.dev).value();
  EXPECT_DOUBLE_EQ(measures.at("overall.accuracy"), 1) << "of the rows whose source knows neutral";
  EXPECT_DOUBLE_EQ(measures.at("linear_svm:overall.accuracy"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(measures.at("encoder:overall.accuracy"), 1);
  EXPECT_DOUBLE_EQ(measures.at("overall.accuracy@dishes"), 1);
  EXPECT_DOUBLE_EQ(measures.at("overall.accuracy@shop"), 1) << "positive against negative alone";
  EXPECT_DOUBLE_EQ(measures.at("encoder:overall.accuracy@shop"), 0.5);
  EXPECT_DOUBLE_EQ(measures.at("linear_svm:overall.accuracy@shop"), 1);
  EXPECT_DOUBLE_EQ(measures.at("aspects.accuracy"), 1);
  EXPECT_DOUBLE_EQ(measures.at("linear_svm:aspects.accuracy"), 0.5);
  EXPECT_EQ(measures.count("encoder:aspects.accuracy"), 0u);
  for (const auto& [name, value] : measures) EXPECT_TRUE(is_dev_measure(name)) << name;
}

}  // namespace
}  // namespace tenor::ship
