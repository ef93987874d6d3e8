#include "import/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Labels, MeanWhatTheySay) {
  for (const char* name : {"positive", "POS", "Positive", "正面", "积极", "好评", "5 stars", "4_stars", "star 5",
                           "positive (stars 4 and 5)", "Very Positive", "extremely-positive"}) {
    EXPECT_EQ(sentiment_of(name), 0u) << name;
  }
  for (const char* name : {"neutral", "NEU", "中性", "3 stars"}) EXPECT_EQ(sentiment_of(name), 1u) << name;
  for (const char* name : {"negative", "Neg", "负面", "差评", "1 star", "negative (stars 1, 2 and 3)"}) {
    EXPECT_EQ(sentiment_of(name), 2u) << name;
  }
  for (const char* name : {"LABEL_1", "joy", "0", "", "not positive", "6 stars", "positively", "very", "(positive)"}) {
    EXPECT_EQ(sentiment_of(name), std::nullopt) << name;
  }
}

TEST(Labels, RowsFollowTheSentiments) {
  const auto plan = plan_labels({"neg", "neu", "pos"}, {}).value();
  EXPECT_THAT(plan.labels, ElementsAre("positive", "neutral", "negative"));
  EXPECT_THAT(plan.rows, ElementsAre(2, 1, 0));
  EXPECT_FALSE(plan.groups());
  const auto mapped = plan_labels({"joy", "anger", "pos"}, {{"joy", "positive"}, {"anger", "negative"}}).value();
  EXPECT_THAT(mapped.labels, ElementsAre("positive", "negative"));
  EXPECT_THAT(mapped.rows, ElementsAre(0, 2, 1));
  EXPECT_THAT(mapped.rows_of_label, ElementsAre(2, 1));
  EXPECT_THAT(mapped.source_labels, ElementsAre("joy", "pos", "anger"));
  EXPECT_TRUE(mapped.groups());
}

TEST(Labels, AMapOverrulesTheName) {
  EXPECT_THAT(plan_labels({"pos", "neg"}, {{"pos", "negative"}, {"neg", "positive"}})->rows, ElementsAre(1, 0));
}

TEST(Labels, EachUnknownOneIsListed) {
  const std::string message = plan_labels({"pos", "joy", "it's"}, {}).error().message;
  EXPECT_THAT(message, HasSubstr(R"(what "joy", "it's" mean is not known)"));
  EXPECT_THAT(message, HasSubstr("--map 'joy=...'"));
}

}  // namespace
}  // namespace tenor::import
