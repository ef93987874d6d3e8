#include "rollout/rollout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "rollout/change.h"
#include "rollout/report_json.h"

namespace tenor::rollout {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Plan some_plan() {
  Plan plan;
  plan.name = "june";
  plan.live = "zh-1";
  plan.canary = "zh-2";
  plan.arms = {{"zh-3", 0.2}};
  plan.shadows = {"zh-4"};
  return plan;
}

Now at(double seconds) {
  return {seconds, "2026-11-29T06:00:00Z"};
}

// A thousand times the rates of a healthy arm, in an order that does not matter.
void feed(Rollout& rollout, std::size_t arm, int thousands, int errors_a_thousand = 10) {
  for (int i = 0; i < thousands * 1000; ++i) {
    Outcome outcome;
    outcome.error = i % 1000 < errors_a_thousand;
    outcome.latency_us = 1000 + (i * 7919 % 1000);
    outcome.can_abstain = true;
    outcome.abstained = i % 10 == 3;
    outcome.label = static_cast<std::size_t>(i % 3);
    rollout.record(arm, outcome);
  }
}

class RolloutTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("rollout." + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Rollout open(const Plan& plan, double seconds = 0) {
    Restored restored;
    auto log = AuditLog::open(folder_ / "log", {}, restored);
    EXPECT_TRUE(log) << log.error().message;
    return {plan, std::move(*log), std::move(restored), at(seconds)};
  }

  fs::path folder_;
};

constexpr std::size_t kLiveArm = 0;
constexpr std::size_t kSplitArm = 1;
constexpr std::size_t kCanaryArm = 2;
constexpr std::size_t kShadowArm = 3;

TEST_F(RolloutTest, NumbersItsArms) {
  const Rollout rollout(some_plan(), std::nullopt, {}, at(0));
  EXPECT_EQ(rollout.role(kLiveArm), Role::live);
  EXPECT_EQ(rollout.role(kSplitArm), Role::arm);
  EXPECT_EQ(rollout.role(kCanaryArm), Role::canary);
  EXPECT_EQ(rollout.role(kShadowArm), Role::shadow);
  std::array<int, 4> seen{};
  for (int i = 0; i < 10000; ++i) ++seen[rollout.arm_for(std::to_string(i))];
  EXPECT_NEAR(seen[kSplitArm], 1980, 6 * 40);
  EXPECT_NEAR(seen[kCanaryArm], 100, 6 * 10);
  EXPECT_EQ(seen[kShadowArm], 0);
}

TEST_F(RolloutTest, AdvancesAndGoesOnAfterARestart) {
  {
    Rollout rollout = open(some_plan());
    feed(rollout, kLiveArm, 100);
    feed(rollout, kCanaryArm, 5);
    feed(rollout, kSplitArm, 1);
    ASSERT_TRUE(rollout.tick(at(60)));
    EXPECT_EQ(rollout.report().state.canary.stage, 1U) << rollout.report().judgement.reason;
    EXPECT_EQ(rollout.report().state.stage_seconds, 0);
    feed(rollout, kCanaryArm, 1);
    rollout.record_shadow(kShadowArm, false);
    rollout.record_shadow(kShadowArm, true);
    rollout.record_shadow_dropped(kShadowArm);
    ASSERT_TRUE(rollout.tick(at(100)));
  }
  // The clock begins anew, as it does after a reboot.
  Rollout rollout = open(some_plan(), 5);
  ASSERT_TRUE(rollout.tick(at(7)));
  const Report report = rollout.report();
  EXPECT_EQ(report.state.canary, (CanaryState{Phase::running, 1}));
  EXPECT_EQ(report.canary_share, 0.05);
  EXPECT_EQ(report.state.stage_seconds, 42);
  EXPECT_EQ(report.state.arms[kCanaryArm].stage.errors.of, 1000U);
  EXPECT_EQ(report.state.arms[kCanaryArm].total.errors.of, 6000U);
  EXPECT_EQ(report.state.arms[kShadowArm].disagreements, (Rate{1, 2}));
  EXPECT_EQ(report.state.arms[kShadowArm].dropped, 1U);
  ASSERT_EQ(report.decisions.size(), 2U);
  EXPECT_EQ(report.decisions[0].decision.move, Move::start);
  EXPECT_EQ(report.decisions[1].decision.move, Move::advance);
  EXPECT_EQ(report.decisions[1].readings.size(), kSignals);
}

TEST_F(RolloutTest, RollsBackAndStaysThere) {
  {
    Rollout rollout = open(some_plan());
    feed(rollout, kLiveArm, 100);
    feed(rollout, kCanaryArm, 2, 40);
    ASSERT_TRUE(rollout.tick(at(1)));
    EXPECT_EQ(rollout.report().state.canary.phase, Phase::rolled_back);
  }
  Rollout rollout = open(some_plan());
  EXPECT_EQ(rollout.report().state.canary.phase, Phase::rolled_back);
  for (int i = 0; i < 1000; ++i) EXPECT_NE(rollout.arm_for(std::to_string(i)), kCanaryArm);
  EXPECT_THAT(rollout.report().decisions.back().decision.reason, HasSubstr("errors: harmful"));
}

TEST_F(RolloutTest, BeginsAnewWithAnotherPlan) {
  {
    Rollout rollout = open(some_plan());
    ASSERT_TRUE(rollout.ask(Move::promote, "trust", at(1)));
  }
  Plan plan = some_plan();
  plan.canary = "zh-5";
  const Rollout rollout = open(plan);
  EXPECT_EQ(rollout.report().state.canary, CanaryState{});
  EXPECT_EQ(rollout.report().decisions.size(), 3U);
  EXPECT_THAT(rollout.report().decisions.back().decision.reason, HasSubstr("another plan"));
}

TEST_F(RolloutTest, DoesWhatIsAskedAndRemembersIt) {
  {
    Rollout rollout = open(some_plan());
    EXPECT_FALSE(rollout.ask(Move::resume, "", at(1)));
    ASSERT_TRUE(rollout.ask(Move::pause, "lunch", at(1)));
    ASSERT_TRUE(rollout.set_weights({{"zh-3", 0.5}}, "more", at(2)));
    EXPECT_FALSE(rollout.set_weights({{"zh-3", 1.5}}, "", at(2)));
    EXPECT_FALSE(rollout.set_weights({{"zh-2", 0.5}}, "", at(2)));
  }
  const Rollout rollout = open(some_plan());
  const Report report = rollout.report();
  EXPECT_EQ(report.state.canary.phase, Phase::paused);
  EXPECT_EQ(report.state.arms[kSplitArm].weight, 0.5);
  ASSERT_EQ(report.decisions.size(), 3U);
  EXPECT_FALSE(report.decisions[1].decision.automatic);
  EXPECT_EQ(report.decisions[1].decision.reason, "lunch");
  EXPECT_EQ(report.decisions[2].decision.move, Move::weights);
}

TEST_F(RolloutTest, AnotherOneTakesItsPlace) {
  Rollout old = open(some_plan());
  feed(old, kLiveArm, 100);
  feed(old, kCanaryArm, 5);
  ASSERT_TRUE(old.tick(at(60)));
  ASSERT_EQ(old.report().state.canary.stage, 1U);
  Plan plan = some_plan();
  plan.arms[0].weight = 0.4;
  auto handover = old.hand_over(at(70));
  ASSERT_TRUE(handover.log);
  Restored restored;
  restored.state = carry_over(handover.state, some_plan(), plan, {});
  restored.decisions = {handover.decisions.begin(), handover.decisions.end()};
  restored.reason = "reload of rollout.arms";
  {
    Rollout next(plan, std::move(handover.log), restored, at(70));
    EXPECT_EQ(next.report().state.canary.stage, 1U);
    EXPECT_EQ(next.report().state.arms[kSplitArm].weight, 0.4);
    EXPECT_EQ(next.report().state.arms[kCanaryArm].total.errors.of, 5000U);
    ASSERT_TRUE(old.tick(at(71)));  // writes nothing any more
    ASSERT_TRUE(next.tick(at(80)));
  }
  const Rollout restarted = open(plan, 5);
  const Report report = restarted.report();
  EXPECT_EQ(report.state.canary.stage, 1U);
  ASSERT_EQ(report.decisions.size(), 3U);
  EXPECT_EQ(report.decisions[2].decision.move, Move::weights);
  EXPECT_EQ(report.decisions[2].decision.reason, "reload of rollout.arms");
  EXPECT_FALSE(report.decisions[2].decision.automatic);
  EXPECT_GT(report.decisions[2].sequence, report.decisions[1].sequence);
}

TEST_F(RolloutTest, TellsAllOfItAsJson) {
  Rollout rollout = open(some_plan());
  feed(rollout, kLiveArm, 1);
  feed(rollout, kCanaryArm, 1);
  rollout.record_feedback(kCanaryArm, true);
  ASSERT_TRUE(rollout.tick(at(3)));
  std::string text;
  JsonWriter json(text);
  const std::vector<std::string> labels = {"negative", "neutral", "positive"};
  write_report(json, rollout.report(), labels);
  const auto told = nlohmann::json::parse(text);
  EXPECT_EQ(told["arms"].size(), 4U);
  EXPECT_EQ(told["arms"][2]["stage"]["requests"], 1000);
  EXPECT_EQ(told["arms"][2]["stage"]["accuracy"], 1.0);
  EXPECT_TRUE(told["arms"][0]["stage"]["accuracy"].is_null());
  EXPECT_EQ(told["canary"]["phase"], "running");
  EXPECT_EQ(told["canary"]["signals"].size(), kSignals);
  EXPECT_EQ(told["decisions"][0]["move"], "start");
  EXPECT_TRUE(told["log"]["error"].is_null());
}

TEST(Plan, IsChecked) {
  EXPECT_TRUE(check(some_plan()));
  const auto refused = [](auto change) {
    Plan plan = some_plan();
    change(plan);
    return !check(plan);
  };
  EXPECT_TRUE(refused([](Plan& p) { p.name.clear(); }));
  EXPECT_TRUE(refused([](Plan& p) { p.canary = "zh-1"; }));
  EXPECT_TRUE(refused([](Plan& p) { p.shadows = {"zh-2"}; }));
  EXPECT_TRUE(refused([](Plan& p) { p.arms[0].weight = -0.1; }));
  EXPECT_TRUE(refused([](Plan& p) { p.arms.push_back({"zh-6", 0.9}); }));
  EXPECT_TRUE(refused([](Plan& p) { p.stages.stages = {}; }));
  EXPECT_TRUE(refused([](Plan& p) { p.shadows = {"a", "b", "c", "d", "e", "f"}; }));
  EXPECT_FALSE(refused([](Plan& p) { p.canary.reset(); }));
}

}  // namespace
}  // namespace tenor::rollout
