#include "eval/selective.h"

#include <gtest/gtest.h>

namespace tenor::eval {
namespace {

struct Rows {
  std::vector<double> confidence;
  std::vector<std::uint8_t> correct;
};

// `right` rows that are right, then `wrong` that are not, at falling confidence.
Rows rows(int right, int wrong) {
  Rows out;
  for (int i = 0; i < right + wrong; ++i) {
    out.confidence.push_back(1 - i * 1e-4);
    out.correct.push_back(i < right ? 1 : 0);
  }
  return out;
}

TEST(SelectiveTest, KeepsAsManyAsThePrecisionAllows) {
  const Rows r = rows(999, 200);
  const double threshold = precision_threshold(r.confidence, r.correct, 0.95, 0.95);
  int kept = 0;
  for (const double c : r.confidence) kept += c >= threshold ? 1 : 0;
  EXPECT_EQ(kept, 1039) << "40 errors of 1,039 show at most 5 %, 41 of 1,040 do not";
}

TEST(SelectiveTest, FewRowsProveNothing) {
  const Rows r = rows(58, 0);
  EXPECT_GT(precision_threshold(r.confidence, r.correct, 0.95, 0.95), 1) << "0.95 to the 58th is 0.051";
  const Rows one_more = rows(59, 0);
  EXPECT_LE(precision_threshold(one_more.confidence, one_more.correct, 0.95, 0.95), 1);
  EXPECT_GT(precision_threshold({}, {}, 0.95, 0.95), 1);
  const Rows some = rows(30, 0);
  EXPECT_GT(precision_threshold(some.confidence, some.correct, 0.95, 0.8), 1) << "0.95 to the 30th is 0.215";
  const Rows enough = rows(32, 0);
  EXPECT_LE(precision_threshold(enough.confidence, enough.correct, 0.95, 0.8), 1);
}

TEST(SelectiveTest, EqualConfidencesPassTogether) {
  const std::vector<double> confidence(100, 0.5);
  std::vector<std::uint8_t> correct(100, 1);
  EXPECT_EQ(precision_threshold(confidence, correct, 0.9, 0.95), 0.5);
  std::fill(correct.begin(), correct.begin() + 20, std::uint8_t{0});
  EXPECT_GT(precision_threshold(confidence, correct, 0.9, 0.95), 1);
}

TEST(SelectiveTest, AccuracyFallsAsMoreIsKept) {
  const Rows r = rows(80, 20);
  const auto curve = selective_accuracy(r.confidence, r.correct, 10);
  ASSERT_EQ(curve.size(), 10u);
  EXPECT_EQ(curve[7].accuracy, 1);
  EXPECT_NEAR(curve[9].accuracy, 0.8, 1e-12);
  EXPECT_EQ(curve[9].coverage, 1);
  EXPECT_EQ(curve[0].threshold, r.confidence[9]);
  EXPECT_TRUE(selective_accuracy({}, {}, 10).empty());
}

}  // namespace
}  // namespace tenor::eval
