#include "serving/text_cost.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tenor::serving {
namespace {

TEST(EstimateTokens, KnowsBothScripts) {
  EXPECT_EQ(estimate_tokens(std::string_view()), 2u);
  EXPECT_EQ(estimate_tokens("味道很好，服务也热情"), 12u);
  EXPECT_EQ(estimate_tokens("The food was good, the waiter was not."), 2u + 38 / 4);
  EXPECT_GT(estimate_tokens("Вкусно, но дорого"), 2u);
}

TEST(EstimateTokens, GrowsSlowlyBeyondWhatEncodersRead) {
  std::string text;
  for (int i = 0; i < 510; ++i) text += "好";
  EXPECT_EQ(estimate_tokens(text), 512u);
  for (int i = 0; i < 6400; ++i) text += "好";
  EXPECT_EQ(estimate_tokens(text), 612u);
  EXPECT_EQ(estimate_tokens(std::size_t{3000}), 1000u);
  EXPECT_EQ(estimate_tokens(std::size_t{0}), 1u);
}

TEST(KindOf, TellsApartWhatCostsDifferently) {
  std::set<WorkKind> kinds;
  for (const auto budget : {0, 1, 2, 3, 4}) {
    for (unsigned bits = 0; bits < 8; ++bits) {
      engine::Options options;
      if (budget == 4) options.budget_us = 50;
      if (budget > 0 && budget < 4) options.budget = static_cast<engine::Budget>(budget - 1);
      options.explain = bits & 1U;
      if (bits & 2U) options.aspects = {"food"};
      if (bits & 4U) options.granularity = engine::Granularity::sentence;
      kinds.insert(kind_of(options));
    }
  }
  EXPECT_EQ(kinds.size(), kWorkKinds);
  EXPECT_LT(*kinds.rbegin(), kWorkKinds);
}

TEST(CostTable, BeginsWithWhatTheModelsAre) {
  const CostTable linear(false), encoders(true);
  const WorkKind best = kind_of({.budget = engine::Budget::best});
  const WorkKind fast = kind_of({.budget = engine::Budget::fast});
  EXPECT_TRUE(worth_scoring_here(linear.token_us(best) * 40));
  EXPECT_TRUE(worth_scoring_here(encoders.token_us(fast) * 40));
  EXPECT_FALSE(worth_scoring_here(encoders.token_us(best) * 40));
  EXPECT_GT(encoders.token_us(kind_of({.explain = true})), 5 * encoders.token_us(best));
}

TEST(CostTable, LearnsAndForgivesOutliers) {
  CostTable table(true);
  for (int i = 0; i < 200; ++i) table.add(0, 400, 100);
  EXPECT_NEAR(table.token_us(0), 4, 0.1);
  table.add(0, 1e9, 100);
  EXPECT_LT(table.token_us(0), 5);
  table.add(0, 0, 0);  // nothing was scored
  EXPECT_LT(table.token_us(0), 5);
}

}  // namespace
}  // namespace tenor::serving
