#include "rollout/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tenor::rollout {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ConfigFile some_file() {
  ConfigFile file;
  file.models = {{"a", {"/m/a"}}, {"b", {"/m/b"}}, {"c", {"/m/c"}}, {"d", {}}};
  RolloutSettings& settings = file.rollout.emplace();
  settings.plan.name = "june";
  settings.plan.live = "a";
  settings.plan.canary = "b";
  settings.plan.arms = {{"c", 0.2}};
  settings.plan.shadows = {"d"};
  settings.audit = "/var/log/june";
  return file;
}

class ChangeTest : public ::testing::Test {
 protected:
  Change changed() const { return compare(before_, after_); }

  ConfigFile before_ = some_file();
  ConfigFile after_ = some_file();
  Plan& plan_ = after_.rollout->plan;
};

TEST_F(ChangeTest, TheSameFileChangesNothing) {
  const auto change = changed();
  EXPECT_THAT(change.applied, IsEmpty());
  EXPECT_THAT(change.needs_restart, IsEmpty());
  EXPECT_FALSE(change.rebuild);
}

TEST_F(ChangeTest, WhatIsBesideTheCanaryLeavesItRunning) {
  plan_.arms = {{"c", 0.1}};
  plan_.shadows = {};
  const auto change = changed();
  EXPECT_THAT(change.applied, ElementsAre("rollout.arms", "rollout.shadow"));
  EXPECT_TRUE(change.rebuild);
  EXPECT_TRUE(change.keeps_canary);
  EXPECT_THAT(change.other_models, IsEmpty());
}

TEST_F(ChangeTest, WhatIsComparedBeginsAnew) {
  plan_.stages.guard.miss = 0.1;
  EXPECT_THAT(changed().applied, ElementsAre("rollout.guard"));
  EXPECT_FALSE(changed().keeps_canary);
  plan_ = before_.rollout->plan;
  plan_.stages.stages = {0.5, 1};
  EXPECT_FALSE(changed().keeps_canary);
  plan_ = before_.rollout->plan;
  plan_.canary.reset();
  EXPECT_FALSE(changed().keeps_canary);
  plan_ = before_.rollout->plan;
  plan_.name = "july";
  EXPECT_FALSE(changed().keeps_canary);
}

TEST_F(ChangeTest, OtherBundlesAreAnotherModel) {
  after_.models[2].bundles = {"/m/c2"};
  EXPECT_THAT(changed().applied, ElementsAre("models.c"));
  EXPECT_THAT(changed().other_models, ElementsAre("c"));
  EXPECT_TRUE(changed().keeps_canary);
  after_.models[1].bundles = {"/m/b2"};
  EXPECT_THAT(changed().other_models, ElementsAre("c", "b"));
  EXPECT_FALSE(changed().keeps_canary);
}

TEST_F(ChangeTest, ModelsThatNobodyUsesDoNotCount) {
  after_.models.push_back({"e", {"/m/e"}});
  EXPECT_FALSE(changed().rebuild);
  plan_.arms.push_back({"e", 0.1});
  EXPECT_THAT(changed().applied, ElementsAre("rollout.arms"));
  EXPECT_THAT(changed().other_models, ElementsAre("e"));
  EXPECT_TRUE(changed().keeps_canary);
}

TEST_F(ChangeTest, TheLogIsWrittenOn) {
  after_.rollout->audit = "/elsewhere";
  after_.rollout->audit_max_bytes = 1 << 20;
  after_.rollout->judge_every_seconds = 1;
  after_.rollout->shadow_queue = 5;
  const auto change = changed();
  EXPECT_THAT(change.applied, ElementsAre("rollout.judge_every_seconds", "rollout.shadow_queue"));
  EXPECT_THAT(change.needs_restart, ElementsAre("rollout.audit", "rollout.audit_max_bytes"));
  EXPECT_FALSE(change.rebuild);
}

TEST_F(ChangeTest, ARolloutComesAndGoesWithARestart) {
  after_.rollout.reset();
  EXPECT_THAT(changed().needs_restart, ElementsAre("rollout"));
  before_.rollout.reset();
  EXPECT_THAT(changed().needs_restart, IsEmpty());
  after_.models[0].bundles = {"/m/a2"};
  EXPECT_THAT(changed().needs_restart, ElementsAre("models"));
}

TEST_F(ChangeTest, WhatWasOrderedStaysUntilTheFileChanges) {
  ConfigFile now = before_;
  now.rollout->plan.canary = "zh@2";
  now.models.push_back({"zh@2", {"/r/zh/2"}, true});
  after_.rollout->shadow_queue = 7;
  const auto kept = with_orders(before_, after_, now);
  EXPECT_EQ(kept.rollout->plan.canary, "zh@2");
  EXPECT_EQ(kept.models.size(), 5U);
  EXPECT_EQ(kept.rollout->shadow_queue, 7U);
  plan_.arms = {{"c", 0.1}};
  EXPECT_EQ(with_orders(before_, after_, now).rollout->plan.canary, "b");
}

TEST_F(ChangeTest, CountsGoOnWithTheirRole) {
  State state{"june", fingerprint(before_.rollout->plan), {Phase::paused, 1}, 60, {}};
  for (const std::string& name : before_.rollout->plan.arm_names()) {
    ArmCounts counts;
    counts.name = name;
    counts.total.errors = {1, 10};
    counts.weight = name == "c" ? 0.4 : 0;  // as somebody asked for meanwhile
    state.arms.push_back(counts);
  }
  plan_.arms = {{"d", 0.1}, {"c", 0.3}};
  plan_.shadows = {};
  const State next = carry_over(state, before_.rollout->plan, plan_, {});
  EXPECT_EQ(next.plan, fingerprint(plan_));
  EXPECT_EQ(next.canary, state.canary);
  EXPECT_EQ(next.stage_seconds, 60);
  ASSERT_EQ(next.arms.size(), 4U);  // a, d, c, b
  EXPECT_EQ(next.arms[0].total.errors.of, 10U);
  EXPECT_EQ(next.arms[1].total.errors.of, 0U);  // was a shadow
  EXPECT_EQ(next.arms[2].total.errors.of, 10U);
  EXPECT_EQ(next.arms[2].weight, 0.3);
  EXPECT_EQ(next.arms[3].name, "b");
  EXPECT_EQ(carry_over(state, before_.rollout->plan, plan_, {"c"}).arms[2].total.errors.of, 0U);
}

}  // namespace
}  // namespace tenor::rollout
