#include "eval/confident_learning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "base/random.h"

namespace tenor::eval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ConfidentLearningTest, TheDefinitionByHand) {
  // Thresholds: class 0 (0.9 + 0.7 + 0.2) / 3 = 0.6, class 1 (0.8 + 0.6 + 0.1) / 3 = 0.5.
  const std::vector<float> p = {0.9f, 0.1f, 0.7f, 0.3f, 0.2f, 0.8f, 0.2f, 0.8f, 0.4f, 0.6f, 0.9f, 0.1f, 0.0f, 1.0f};
  const std::vector<std::int8_t> given = {0, 0, 0, 1, 1, 1, -1};
  const auto found = find_suspicious_rows({.classes = 2, .probabilities = p, .given = given, .masked_class = {}});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_NEAR(found->thresholds[0], 0.6, 1e-6);
  EXPECT_NEAR(found->thresholds[1], 0.5, 1e-6);
  EXPECT_THAT(found->counts, ElementsAre(2, 1, 1, 2));
  ASSERT_EQ(found->rows.size(), 2U);
  EXPECT_EQ(found->rows[0].row, 5U);
  EXPECT_EQ(found->rows[0].given, 1);
  EXPECT_EQ(found->rows[0].suggested, 0);
  EXPECT_NEAR(found->rows[0].margin, -0.8, 1e-6);
  EXPECT_EQ(found->rows[1].row, 2U);
  EXPECT_THAT(found->joint, ElementsAre(testing::DoubleNear(2.0 / 6, 1e-9), testing::DoubleNear(1.0 / 6, 1e-9),
                                        testing::DoubleNear(1.0 / 6, 1e-9), testing::DoubleNear(2.0 / 6, 1e-9)));
}

TEST(ConfidentLearningTest, ARowWhoseLabelIsStillTheMostProbableIsNotListed) {
  // Class 1 is hard: its threshold is low, and the third row reaches it though class 0 is more probable.
  const std::vector<float> p = {0.9f, 0.1f, 0.95f, 0.05f, 0.6f, 0.4f, 0.7f, 0.3f, 0.7f, 0.3f};
  const std::vector<std::int8_t> given = {0, 0, 0, 1, 1};
  const auto found = find_suspicious_rows({.classes = 2, .probabilities = p, .given = given, .masked_class = {}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->counts[1], 1U) << "it counts for the joint";
  for (const SuspiciousRow& row : found->rows) EXPECT_NE(row.row, 2U);
}

TEST(ConfidentLearningTest, MaskedClassTakesNoPart) {
  const std::vector<float> p = {0.3f, 0.6f, 0.1f, 0.1f, 0.6f, 0.3f, 0.0f, 1.0f, 0.0f, 0.02f, 0.9f, 0.08f};
  const std::vector<std::int8_t> given = {0, 2, 0, 0};
  const auto found = find_suspicious_rows({.classes = 3, .probabilities = p, .given = given, .masked_class = 1});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(std::isinf(found->thresholds[1]));
  EXPECT_NEAR(found->thresholds[2], 0.75, 1e-6);
  ASSERT_EQ(found->rows.size(), 1U);
  EXPECT_EQ(found->rows[0].row, 3U);
  EXPECT_EQ(found->rows[0].suggested, 2);
  EXPECT_NEAR(found->rows[0].margin, -0.6, 1e-6);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(found->counts[i * 3 + 1] + found->counts[3 + i], 0U);
}

TEST(ConfidentLearningTest, FindsLabelsThatWereTurnedOver) {
  Random random(1);
  std::vector<float> p;
  std::vector<std::int8_t> given;
  std::set<std::size_t> turned;
  for (std::size_t r = 0; r < 4000; ++r) {
    const auto truth = static_cast<std::size_t>(random.below(3));
    double sum = 0;
    std::vector<double> row;
    for (std::size_t c = 0; c < 3; ++c) {
      row.push_back(std::exp((c == truth ? 3 : 0) + 2 * random.uniform()));
      sum += row.back();
    }
    for (const double value : row) p.push_back(static_cast<float>(value / sum));
    const bool turn = random.below(20) == 0;
    if (turn) turned.insert(r);
    given.push_back(static_cast<std::int8_t>(turn ? (truth + 1) % 3 : truth));
  }
  const auto found = find_suspicious_rows({.classes = 3, .probabilities = p, .given = given, .masked_class = {}});
  ASSERT_TRUE(found);
  std::size_t hits = 0;
  for (const SuspiciousRow& row : found->rows) {
    hits += turned.count(row.row);
    EXPECT_EQ(row.suggested, (row.given + 2) % 3);
  }
  EXPECT_EQ(hits, found->rows.size()) << "nothing else is flagged";
  EXPECT_GT(hits, turned.size() / 2);
  double off_diagonal = 0;
  for (std::size_t i = 0; i < 9; ++i) off_diagonal += i % 4 == 0 ? 0 : found->joint[i];
  EXPECT_NEAR(off_diagonal, static_cast<double>(turned.size()) / 4000, 0.01) << "the joint tells how many there are";
  EXPECT_NEAR(std::accumulate(found->joint.begin(), found->joint.end(), 0.0), 1, 1e-9);
  for (std::size_t i = 1; i < found->rows.size(); ++i) EXPECT_LE(found->rows[i - 1].margin, found->rows[i].margin);
}

TEST(ConfidentLearningTest, ClassesThatNobodyIsGivenAreNeverSuggested) {
  const std::vector<float> p = {0.1f, 0.0f, 0.9f, 0.2f, 0.8f, 0.0f};
  const std::vector<std::int8_t> given = {0, 1};
  const auto found = find_suspicious_rows({.classes = 3, .probabilities = p, .given = given, .masked_class = {}});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->rows.empty());
}

TEST(ConfidentLearningTest, BadInputIsRefused) {
  const std::vector<float> p = {0.5f, 0.5f};
  const std::vector<std::int8_t> zero = {0}, two = {2}, none = {-1};
  const auto error = [&](const ConfidentData& data) {
    const auto found = find_suspicious_rows(data);
    return found ? std::string() : found.error().message;
  };
  EXPECT_EQ(error({.classes = 2, .probabilities = p, .given = zero, .masked_class = {}}), "");
  EXPECT_NE(error({.classes = 2, .probabilities = p, .given = two, .masked_class = {}}), "");
  EXPECT_NE(error({.classes = 1, .probabilities = p, .given = zero, .masked_class = {}}), "");
  EXPECT_NE(error({.classes = 2, .probabilities = {}, .given = zero, .masked_class = {}}), "");
  EXPECT_THAT(error({.classes = 2, .probabilities = p, .given = none, .masked_class = {}}), HasSubstr("labelled row"));
  EXPECT_THAT(error({.classes = 2, .probabilities = p, .given = zero, .masked_class = 0}), HasSubstr("masked"));
}

}  // namespace
}  // namespace tenor::eval
