#include "rollout/canary.h"

#include <gtest/gtest.h>

#include <vector>

namespace tenor::rollout {
namespace {

Judgement advised(Advice advice) {
  return {advice, {}, "because"};
}

TEST(Canary, ClimbsItsStagesAndIsPromoted) {
  const CanaryPlan plan;
  CanaryState state;
  std::vector<double> shares = {canary_share(plan, state)};
  while (const auto decision = follow(plan, state, advised(Advice::advance))) {
    EXPECT_TRUE(decision->automatic);
    EXPECT_EQ(decision->before, state);
    state = decision->after;
    shares.push_back(canary_share(plan, state));
  }
  EXPECT_EQ(shares, plan.stages);
  EXPECT_EQ(state.phase, Phase::promoted);
  EXPECT_FALSE(follow(plan, state, advised(Advice::roll_back)));  // nothing to compare with any more
}

TEST(Canary, HoldsAndRollsBack) {
  const CanaryPlan plan;
  const CanaryState state{Phase::running, 1};
  EXPECT_FALSE(follow(plan, state, advised(Advice::hold)));
  const auto decision = follow(plan, state, advised(Advice::roll_back));
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->move, Move::roll_back);
  EXPECT_EQ(decision->reason, "because");
  EXPECT_EQ(canary_share(plan, decision->after), 0);
  EXPECT_FALSE(follow(plan, decision->after, advised(Advice::advance)));
}

TEST(Canary, APausedReleaseStaysUnlessItHarms) {
  const CanaryPlan plan;
  const auto paused = request(plan, {}, Move::pause, "lunch");
  ASSERT_TRUE(paused);
  EXPECT_FALSE(paused->automatic);
  EXPECT_EQ(canary_share(plan, paused->after), 0.01);
  EXPECT_FALSE(follow(plan, paused->after, advised(Advice::advance)));
  EXPECT_TRUE(follow(plan, paused->after, advised(Advice::roll_back)));
  const auto resumed = request(plan, paused->after, Move::resume, "");
  ASSERT_TRUE(resumed);
  EXPECT_EQ(resumed->after, CanaryState{});
}

TEST(Canary, RefusesWhatThePhaseDoesNotAllow) {
  const CanaryPlan plan;
  EXPECT_FALSE(request(plan, {}, Move::resume, ""));
  EXPECT_FALSE(request(plan, {}, Move::start, ""));
  EXPECT_FALSE(request(plan, {Phase::rolled_back, 0}, Move::promote, ""));
  EXPECT_FALSE(request(plan, {Phase::paused, 0}, Move::advance, ""));
  EXPECT_TRUE(request(plan, {Phase::promoted, 3}, Move::roll_back, ""));
  EXPECT_EQ(request(plan, {Phase::rolled_back, 0}, Move::pause, "").error().message,
            "a release that is rolled_back cannot take 'pause'");
}

TEST(Canary, ChecksThePlan) {
  EXPECT_TRUE(check(CanaryPlan{}));
  const auto refused = [](auto change) {
    CanaryPlan plan;
    change(plan);
    return !check(plan);
  };
  EXPECT_TRUE(refused([](CanaryPlan& p) { p.stages = {}; }));
  EXPECT_TRUE(refused([](CanaryPlan& p) { p.stages = {0.1, 0.1}; }));
  EXPECT_TRUE(refused([](CanaryPlan& p) { p.stages = {0, 1}; }));
  EXPECT_TRUE(refused([](CanaryPlan& p) { p.stages = {0.5, 1.5}; }));
  EXPECT_TRUE(refused([](CanaryPlan& p) { p.guard.miss = 0; }));
  EXPECT_TRUE(refused([](CanaryPlan& p) { p.guard.false_alarm = 1; }));
  EXPECT_TRUE(refused([](CanaryPlan& p) { p.guard.error_effect = -0.01; }));
  EXPECT_TRUE(refused([](CanaryPlan& p) { p.guard.latency_effect = 1; }));
  EXPECT_FALSE(refused([](CanaryPlan& p) { p.guard.latency_effect = 0; }));
  EXPECT_EQ(CanaryPlan{}.guarded_stages(), 3U);
}

TEST(Canary, NamesItsWords) {
  for (const Phase phase : {Phase::running, Phase::paused, Phase::promoted, Phase::rolled_back}) {
    EXPECT_EQ(parse_phase(to_string(phase)), phase);
  }
  for (const Move move :
       {Move::start, Move::advance, Move::promote, Move::roll_back, Move::pause, Move::resume, Move::weights}) {
    EXPECT_EQ(parse_move(to_string(move)), move);
  }
  EXPECT_FALSE(parse_phase("done"));
  EXPECT_FALSE(parse_move(""));
}

}  // namespace
}  // namespace tenor::rollout
