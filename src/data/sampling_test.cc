#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "data/balance.h"
#include "data/split.h"

namespace tenor::data {
namespace {

using testing::ElementsAre;

std::map<int, int> counts(const std::vector<std::int8_t>& labels, const std::vector<std::size_t>& rows) {
  std::map<int, int> result;
  for (const std::size_t row : rows) ++result[labels[row]];
  return result;
}

class BalanceTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 100; ++i) labels_.push_back(0);
    for (int i = 0; i < 30; ++i) labels_.push_back(2);
    for (int i = 0; i < 7; ++i) labels_.push_back(1);
    for (int i = 0; i < 3; ++i) labels_.push_back(-1);
  }
  std::vector<std::int8_t> labels_;
};

TEST_F(BalanceTest, TargetsAreTheDocumentedOnes) {
  using Counts = std::map<int, int>;
  const auto sizes = [&](BalanceMethod method) { return counts(labels_, balance(labels_, method, 1)); };
  EXPECT_EQ(sizes(BalanceMethod::none), (Counts{{-1, 3}, {0, 100}, {1, 7}, {2, 30}}));
  EXPECT_EQ(sizes(BalanceMethod::oversample), (Counts{{-1, 3}, {0, 100}, {1, 100}, {2, 100}}));
  EXPECT_EQ(sizes(BalanceMethod::undersample), (Counts{{-1, 3}, {0, 7}, {1, 7}, {2, 7}}));
  EXPECT_EQ(sizes(BalanceMethod::hybrid), (Counts{{-1, 3}, {0, 46}, {1, 46}, {2, 46}}));  // 137 / 3 = 45.67
}

TEST_F(BalanceTest, RepeatsEvenlyAndDrawsWithoutReplacement) {
  std::map<std::size_t, int> times;
  for (const std::size_t row : balance(labels_, BalanceMethod::oversample, 1)) ++times[row];
  for (std::size_t row = 0; row < labels_.size(); ++row) {
    const int expected = labels_[row] == 1 ? 14 : labels_[row] == 2 ? 3 : 1;
    EXPECT_GE(times[row], expected);
    EXPECT_LE(times[row], expected + (labels_[row] > 0 ? 1 : 0));
  }
}

TEST_F(BalanceTest, SeedDecides) {
  const auto rows = balance(labels_, BalanceMethod::undersample, 1);
  EXPECT_EQ(balance(labels_, BalanceMethod::undersample, 1), rows);
  EXPECT_NE(balance(labels_, BalanceMethod::undersample, 2), rows);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
}

TEST_F(BalanceTest, NothingLabelledAndNothingAtAll) {
  EXPECT_THAT(balance(std::vector<std::int8_t>{-1, -1}, BalanceMethod::hybrid, 1), ElementsAre(0, 1));
  EXPECT_TRUE(balance({}, BalanceMethod::oversample, 1).empty());
  EXPECT_EQ(parse_balance_method("hybrid"), BalanceMethod::hybrid);
  EXPECT_FALSE(parse_balance_method("smote"));
}

TEST(SplitTest, DuplicateKeyIgnoresPunctuationCaseAndTails) {
  EXPECT_EQ(duplicate_key("味道 好，GOOD!! 2"), "味道好good2");
  EXPECT_EQ(duplicate_key("Ünï"), "ünï");
  EXPECT_EQ(duplicate_key("😀!"), "😀!") << "a text without letters is its own key";
  EXPECT_EQ(duplicate_key("abc", 2), "ab");
  EXPECT_EQ(duplicate_key(std::string(90, 'x')), duplicate_key(std::string(100, 'x')));
  EXPECT_NE(duplicate_key(std::string(90, 'x'), 0), duplicate_key(std::string(100, 'x'), 0));
}

TEST(SplitTest, PartsHaveTheirShareAndFollowTheContent) {
  const SplitFractions fractions{0.2, 0.1};
  std::map<Part, int> counts;
  int moved = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = "review " + std::to_string(i);
    const Part part = part_of(text, fractions, 1);
    ++counts[part];
    EXPECT_EQ(part_of("REVIEW, " + std::to_string(i) + "!", fractions, 1), part);
    moved += part_of(text, fractions, 2) != part ? 1 : 0;
  }
  EXPECT_NEAR(counts[Part::dev], 4000, 200);
  EXPECT_NEAR(counts[Part::test], 2000, 150);
  EXPECT_GT(moved, 5000) << "another seed is another split";
}

TEST(SplitTest, FoldsAreEvenAndFollowTheContent) {
  std::map<std::size_t, int> sizes;
  for (int i = 0; i < 10000; ++i) {
    const std::string text = "review " + std::to_string(i);
    ++sizes[fold_of(text, 5, 1)];
    EXPECT_EQ(fold_of(text + "!", 5, 1), fold_of(text, 5, 1));
  }
  ASSERT_EQ(sizes.size(), 5U);
  for (const auto& [fold, size] : sizes) EXPECT_NEAR(size, 2000, 150) << fold;
  EXPECT_EQ(fold_of("x", 1, 7), 0U);
}

TEST(SplitTest, HashIsFixedForAllTime) {
  EXPECT_EQ(content_hash("Hello, World"), 0xd394783849746436ULL);
  EXPECT_EQ(content_hash("helloworld"), 0xd394783849746436ULL);
}

}  // namespace
}  // namespace tenor::data
