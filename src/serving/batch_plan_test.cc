#include "serving/batch_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::serving {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr BatchRules kRules{.batch_tokens = 100};

// Ten microseconds a token.
Candidate text(std::uint32_t tokens, double left_us = std::numeric_limits<double>::infinity()) {
  return {.tokens = tokens, .cost_us = 10.0 * tokens, .left_us = left_us};
}

TEST(PlanBatch, FillsTheTokenBudgetInOrder) {
  const std::vector<Candidate> waiting = {text(40), text(40), text(30), text(10)};
  // The last one would fit, but does not overtake.
  EXPECT_THAT(plan_batch(waiting, kRules, 1).taken, ElementsAre(0, 1));
  EXPECT_THAT(plan_batch({}, kRules, 1).taken, IsEmpty());
}

TEST(PlanBatch, TakesATextThatIsLargerThanTheBudgetAlone) {
  EXPECT_THAT(plan_batch(std::vector{text(500), text(200)}, kRules, 1).taken, ElementsAre(0));
}

TEST(PlanBatch, KeepsGroupsApart) {
  std::vector<Candidate> waiting = {text(10), text(10), text(10), text(10)};
  waiting[1].group = "explain";
  waiting[2].alone = true;
  EXPECT_THAT(plan_batch(waiting, kRules, 1).taken, ElementsAre(0, 3));
  waiting[0].alone = true;
  EXPECT_THAT(plan_batch(waiting, kRules, 1).taken, ElementsAre(0));
}

TEST(PlanBatch, LongTextsDoNotHoldUpShortOnes) {
  const std::vector<Candidate> waiting = {text(10), text(300), text(32), text(20)};
  EXPECT_THAT(plan_batch(waiting, {.batch_tokens = 1000}, 1).taken, ElementsAre(0, 2, 3));
  const std::vector<Candidate> others = {text(300), text(10), text(90)};
  EXPECT_THAT(plan_batch(others, {.batch_tokens = 1000}, 1).taken, ElementsAre(0, 2));
}

TEST(PlanBatch, SharesWhatWaitsAmongIdleWorkers) {
  const std::vector<Candidate> waiting = {text(20), text(20), text(20), text(20)};
  EXPECT_THAT(plan_batch(waiting, kRules, 2).taken, ElementsAre(0, 1));
  EXPECT_THAT(plan_batch(waiting, kRules, 16).taken, ElementsAre(0));
  EXPECT_THAT(plan_batch(waiting, kRules, 1).taken, ElementsAre(0, 1, 2, 3));
}

TEST(PlanBatch, DropsWhatIsLate) {
  const auto plan = plan_batch(std::vector{text(10, 0), text(10), text(10, -5)}, kRules, 1);
  EXPECT_THAT(plan.late, ElementsAre(0, 2));
  EXPECT_THAT(plan.taken, ElementsAre(1));
  EXPECT_THAT(plan_batch(std::vector{text(10, 0)}, kRules, 1).taken, IsEmpty());
}

TEST(PlanBatch, NearDeadlinesGoFirstAndAreNotDelayedByCompany) {
  // 100 us of work each, 1,100 us until the deadline of the last one: it goes first, and there is room for four more.
  std::vector<Candidate> waiting(9, text(10));
  waiting.push_back(text(10, 1100));
  const auto plan = plan_batch(waiting, kRules, 1);
  EXPECT_THAT(plan.taken, ElementsAre(9, 0, 1, 2, 3));
  EXPECT_FALSE(plan.hurried);
  // A deadline that is far away changes nothing.
  waiting.back().left_us = 1e6;
  EXPECT_EQ(plan_batch(waiting, kRules, 1).taken.front(), 0u);
}

TEST(PlanBatch, HurriedTextsGoAlone) {
  const auto plan = plan_batch(std::vector{text(10), text(10, 150), text(10)}, kRules, 1);
  EXPECT_THAT(plan.taken, ElementsAre(1));
  EXPECT_TRUE(plan.hurried);
}

TEST(PlanBatch, WaitsForCompanyNoLongerThanItMay) {
  const BatchRules rules{.batch_tokens = 100, .max_wait_us = 500};
  std::vector<Candidate> waiting = {text(10)};
  waiting[0].waited_us = 100;
  auto plan = plan_batch(waiting, rules, 1);
  EXPECT_THAT(plan.taken, IsEmpty());
  EXPECT_EQ(plan.wait_us, 400);
  waiting[0].left_us = 450;  // 200 us twice over are needed: no more than 250 to spare
  EXPECT_EQ(plan_batch(waiting, rules, 1).wait_us, 250);
  waiting[0].waited_us = 500;
  EXPECT_THAT(plan_batch(waiting, rules, 1).taken, ElementsAre(0));
  // A full batch does not wait.
  EXPECT_THAT(plan_batch(std::vector{text(60), text(60)}, rules, 1).taken, ElementsAre(0));
}

TEST(Turns, BulkGetsItsShareAndNoMore) {
  Turns turns;
  double interactive = 0, bulk = 0;
  for (int i = 0; i < 1000; ++i) {
    const Priority next = next_priority(true, true, turns);
    (next == Priority::bulk ? bulk : interactive) += 100;
    turns = after_batch(turns, next, 100, true, kRules);
  }
  EXPECT_NEAR(bulk / (bulk + interactive), kRules.bulk_share, 0.01);
}

TEST(Turns, NobodyWaitsForNobody) {
  EXPECT_EQ(next_priority(true, true, {}), Priority::interactive);
  EXPECT_EQ(next_priority(true, false, {50}), Priority::interactive);
  EXPECT_EQ(next_priority(false, true, {-50}), Priority::bulk);
  // Credit is earned while both wait, and not kept for later.
  EXPECT_EQ(after_batch({50}, Priority::interactive, 100, false, kRules).bulk_credit, 0);
}

}  // namespace
}  // namespace tenor::serving
