#include "data/balance_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/random.h"

namespace tenor::data {
namespace {

using testing::ElementsAre;

class BalancePairsTest : public testing::Test {
 protected:
  // Two tasks; the first has a label in one row of fifty, the second one in two of three rows.
  BalancePairsTest() {
    Random random(1);
    for (int r = 0; r < 3000; ++r) {
      labels_.push_back(random.below(50) == 0 ? kNegative : kNotMentioned);
      labels_.push_back(random.below(3) == 0 ? kNeutral : kPositive);
    }
  }
  TaskLabels tasks() const { return {2, labels_}; }
  BalancedRows balanced(BalanceMethod method, std::uint64_t seed = 1) const {
    return balance_pairs(tasks(), {.method = method, .seed = seed});
  }
  static std::uint64_t total(const PairCounts& counts) {
    std::uint64_t sum = 0;
    for (const std::uint64_t n : counts[0]) sum += n;
    return sum;
  }
  static double share(const PairCounts& counts, std::size_t task, std::int8_t label) {
    return static_cast<double>(counts[task][static_cast<std::size_t>(label)]) / static_cast<double>(total(counts));
  }
  std::vector<std::int8_t> labels_;
};

TEST_F(BalancePairsTest, NoneIsEveryRowOnce) {
  const BalancedRows all = balanced(BalanceMethod::none);
  EXPECT_EQ(all.rows.size(), 3000U);
  EXPECT_EQ(all.before, all.after);
  EXPECT_EQ(total(all.before), 3000U);
}

TEST_F(BalancePairsTest, RareLabelsBecomeMoreFrequentInEveryMethod) {
  for (const auto method : {BalanceMethod::oversample, BalanceMethod::undersample, BalanceMethod::hybrid}) {
    const BalancedRows rows = balanced(method);
    EXPECT_GT(share(rows.after, 0, kNegative), 2.5 * share(rows.before, 0, kNegative)) << to_string(method);
    EXPECT_GT(share(rows.after, 1, kNeutral), share(rows.before, 1, kNeutral)) << to_string(method);
    EXPECT_TRUE(std::is_sorted(rows.rows.begin(), rows.rows.end()));
    EXPECT_EQ(rows.after, count_pairs(tasks(), rows.rows));
  }
}

TEST_F(BalancePairsTest, SizesAreTheDocumentedOnes) {
  std::map<std::size_t, int> over, under;
  for (const std::size_t r : balanced(BalanceMethod::oversample).rows) ++over[r];
  for (const std::size_t r : balanced(BalanceMethod::undersample).rows) ++under[r];
  EXPECT_EQ(over.size(), 3000U) << "no row is lost";
  for (const auto& [row, copies] : over) EXPECT_LE(copies, 10) << "max_ratio";
  for (const auto& [row, copies] : under) EXPECT_EQ(copies, 1) << "no row is repeated";
  EXPECT_LT(under.size(), 1000U);
  for (std::size_t r = 0; r < 3000; ++r) {
    EXPECT_TRUE(labels_[2 * r] != kNegative || under.contains(r)) << "the heaviest rows all stay";
  }
  EXPECT_NEAR(static_cast<double>(balanced(BalanceMethod::hybrid).rows.size()), 3000, 1);
}

TEST_F(BalancePairsTest, RowsOfEqualWeightComeAsWholeNumbers) {
  const std::vector<std::int8_t> labels = {0, 0, 0, 0, 2, -1, -1};
  const auto rows = balance_pairs({1, labels}, {.method = BalanceMethod::oversample, .seed = 5, .exponent = 1}).rows;
  EXPECT_THAT(rows, ElementsAre(0, 1, 2, 3, 4, 4, 4, 4, 5, 6)) << "with one task this is balance()";
  const auto few = balance_pairs({1, labels}, {.method = BalanceMethod::undersample, .seed = 5, .exponent = 1});
  EXPECT_THAT(few.after[0], ElementsAre(1, 0, 1, 0));
  EXPECT_EQ(few.rows.size(), 4U) << "unlabelled rows stay";
}

TEST_F(BalancePairsTest, ExponentAndRatioLimitTheCorrection) {
  const auto flat = balance_pairs(tasks(), {.method = BalanceMethod::oversample, .seed = 1, .exponent = 0});
  EXPECT_EQ(flat.rows.size(), 3000U);
  const auto capped = balance_pairs(tasks(), {.method = BalanceMethod::oversample, .seed = 1, .max_ratio = 1});
  EXPECT_EQ(capped.rows.size(), 3000U);
}

TEST_F(BalancePairsTest, SeedDecides) {
  EXPECT_EQ(balanced(BalanceMethod::hybrid).rows, balanced(BalanceMethod::hybrid).rows);
  EXPECT_NE(balanced(BalanceMethod::hybrid).rows, balanced(BalanceMethod::hybrid, 2).rows);
}

TEST_F(BalancePairsTest, NothingAtAll) {
  EXPECT_TRUE(balance_pairs({}, {.method = BalanceMethod::hybrid}).rows.empty());
  const std::vector<std::int8_t> unlabelled = {-1, -1, -1, -1};
  EXPECT_THAT(balance_pairs({2, unlabelled}, {.method = BalanceMethod::undersample}).rows, ElementsAre(0, 1));
}

}  // namespace
}  // namespace tenor::data
