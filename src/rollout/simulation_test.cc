// The stated error rates, on few simulated releases: bench/canary has a thousand of each kind.
#include "rollout/simulation.h"

#include <gtest/gtest.h>

namespace tenor::rollout {
namespace {

struct Rates {
  int early = 0;  // rolled back before a quarter of the traffic
  int rolled_back = 0;
  int promoted = 0;
};

constexpr int kReleases = 60;

Rates rates_of(const World& world) {
  const CanaryPlan plan;
  Rates rates;
  for (int i = 0; i < kReleases; ++i) {
    const Story story = simulate(plan, world, static_cast<std::uint64_t>(i));
    if (story.end.phase == Phase::promoted) ++rates.promoted;
    if (story.end.phase != Phase::rolled_back) continue;
    ++rates.rolled_back;
    if (plan.stages[story.end.stage] < 0.25) ++rates.early;
  }
  return rates;
}

// Without feedback, which decides about waiting times only.
World quick() {
  World world;
  world.feedback = 0;
  return world;
}

TEST(Simulation, RollsBackWhatHarms) {
  World world = quick();
  world.canary.error = 0.02;
  EXPECT_GE(rates_of(world).early, kReleases - 1);
  world = quick();
  world.canary.latency_us *= 1.3;
  EXPECT_GE(rates_of(world).early, kReleases - 1);
  world = quick();
  world.canary.abstention = 0.15;
  EXPECT_GE(rates_of(world).early, kReleases - 1);
  world = quick();
  world.canary.labels = {0.45, 0.25, 0.30};
  EXPECT_GE(rates_of(world).early, kReleases - 1);
}

TEST(Simulation, RollsBackWhatFeedbackContradicts) {
  World world;
  world.canary.accuracy = 0.81;
  world.feedback = 0.5;
  EXPECT_GE(rates_of(world).early, kReleases - 1);
}

TEST(Simulation, PromotesWhatDoesNot) {
  const Rates rates = rates_of(quick());
  // 5 % of 60 are 3; more than 8 would come of such a rate once in a hundred times.
  EXPECT_LE(rates.rolled_back, 8);
  EXPECT_EQ(rates.promoted + rates.rolled_back, kReleases);
}

TEST(Simulation, NamesTheCulprit) {
  World world = quick();
  world.canary.error = 0.2;
  const Story story = simulate({}, world, 7);
  EXPECT_EQ(story.end.phase, Phase::rolled_back);
  EXPECT_EQ(story.culprit, Signal::errors);
  EXPECT_LT(story.canary_requests, 200U);
}

TEST(Simulation, TellsTheSameStoryForTheSameSeed) {
  const Story once = simulate({}, quick(), 11);
  const Story again = simulate({}, quick(), 11);
  EXPECT_EQ(once.requests, again.requests);
  EXPECT_EQ(once.canary_requests, again.canary_requests);
  EXPECT_EQ(once.end, again.end);
}

}  // namespace
}  // namespace tenor::rollout
