#include "serving/standing_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>

namespace tenor::serving {
namespace {

constexpr double kMs = 1000;
constexpr StandingRules kRules{100 * kMs};  // an interval of 500 ms

TEST(StandingQueue, BulkGoesFirstThenWhoeverWouldMakeItLong) {
  StandingQueue queue(kRules);
  EXPECT_EQ(queue.observe(0, 150 * kMs, 0), Pressure::no);  // above since -50 ms
  EXPECT_EQ(queue.observe(440 * kMs, 110 * kMs, 0), Pressure::no);
  EXPECT_EQ(queue.observe(460 * kMs, 110 * kMs, 0), Pressure::refuse_bulk);
  EXPECT_EQ(queue.observe(940 * kMs, 300 * kMs, 0), Pressure::refuse_bulk);
  EXPECT_EQ(queue.observe(960 * kMs, 300 * kMs, 0), Pressure::keep_short);
  EXPECT_EQ(queue.observe(970 * kMs, 1 * kMs, 0), Pressure::keep_short);  // kept short, it is short
  EXPECT_EQ(queue.observe(980 * kMs, std::nullopt, 0), Pressure::no);     // there is nothing to do
  EXPECT_EQ(queue.observe(990 * kMs, 110 * kMs, 0), Pressure::no);
}

TEST(StandingQueue, OneThatIsShortForAMomentDoesNotStand) {
  StandingQueue queue(kRules);
  EXPECT_EQ(queue.observe(0, 150 * kMs, 0), Pressure::no);
  EXPECT_EQ(queue.observe(500 * kMs, 110 * kMs, 0), Pressure::refuse_bulk);
  EXPECT_EQ(queue.observe(510 * kMs, 100 * kMs, 0), Pressure::no);
  EXPECT_EQ(queue.observe(980 * kMs, 110 * kMs, 0), Pressure::no);
}

TEST(StandingQueue, OneThatWaitsForLongIsAQueueToo) {
  StandingQueue queue(kRules);
  EXPECT_EQ(queue.observe(0, std::nullopt, 0), Pressure::no);
  // One came at 2.3 s, and no worker was free.
  EXPECT_EQ(queue.observe(3000 * kMs, 700 * kMs, 0), Pressure::refuse_bulk);
}

TEST(StandingQueue, ASlowModelMayLetThemWait) {
  EXPECT_EQ(target_us(kRules, 20 * kMs), 100 * kMs);
  EXPECT_EQ(target_us(kRules, 400 * kMs), 400 * kMs);
  StandingQueue queue(kRules);
  EXPECT_EQ(queue.observe(0, 390 * kMs, 400 * kMs), Pressure::no);
  EXPECT_EQ(queue.observe(20'000 * kMs, 390 * kMs, 400 * kMs), Pressure::no);
}

TEST(StandingQueue, WithoutATargetNothingIsRefused) {
  StandingQueue queue(StandingRules{});
  EXPECT_EQ(queue.observe(0, 1e12, 0), Pressure::no);
  EXPECT_EQ(queue.observe(1e12, 1e12, 0), Pressure::no);
}

// One worker that takes the oldest of a line of interactive requests, a millisecond a step; what they take is predicted
// well.
struct Simulation {
  int arrived = 0, refused = 0, refused_bulk = 0;
  double longest_wait_ms = 0, last_longest_ms = 0;  // of all, and of those that came in the second half
  double last_refusal = 0;
};
Simulation simulate(int milliseconds, double service_ms, const std::function<int(int)>& arrivals_at) {
  StandingQueue queue(kRules);
  Simulation told;
  std::deque<double> line;  // when each came
  double free_at = 0;
  for (int now = 0; now < milliseconds; ++now) {
    const auto observe = [&] {
      std::optional<double> wait_us;
      if (!line.empty()) wait_us = (now - line.front()) * kMs;
      return queue.observe(now * kMs, wait_us, free_at > now ? service_ms * kMs : 0);
    };
    while (!line.empty() && free_at <= now) {
      const double waited = now - line.front();
      told.longest_wait_ms = std::max(told.longest_wait_ms, waited);
      if (line.front() > milliseconds / 2.0) told.last_longest_ms = std::max(told.last_longest_ms, waited);
      line.pop_front();
      free_at = std::max<double>(free_at, now) + service_ms;
      observe();
    }
    for (int i = arrivals_at(now); i > 0; --i) {
      ++told.arrived;
      const Pressure pressure = observe();
      told.refused_bulk += pressure != Pressure::no ? 1 : 0;  // what a bulk request would have met
      const double ahead_ms = static_cast<double>(line.size()) * service_ms + std::max(0.0, free_at - now);
      if (pressure == Pressure::keep_short && ahead_ms * kMs > target_us(kRules, service_ms * kMs)) {
        ++told.refused;
        told.last_refusal = now;
      } else {
        line.push_back(now);
      }
    }
  }
  return told;
}

TEST(StandingQueueSimulation, BurstsAreWorkedOff) {
  // 40 at once every second, 10 ms each: the last one waits for 400 ms, and 600 ms of each second are idle.
  const auto told = simulate(60'000, 10, [](int now) { return now % 1000 == 0 ? 40 : 0; });
  EXPECT_EQ(told.arrived, 2400);
  EXPECT_EQ(told.refused, 0);
  EXPECT_EQ(told.refused_bulk, 0);
  EXPECT_GT(told.longest_wait_ms, 300);
}

TEST(StandingQueueSimulation, AHeavyLoadThatIsKeptUpWithIsNotRefused) {
  const auto told = simulate(60'000, 9.5, [](int now) { return now % 10 == 0 ? 1 : 0; });
  EXPECT_EQ(told.refused_bulk, 0);
}

TEST(StandingQueueSimulation, UnderOverloadTheWaitIsTheTargetAndNobodyIdles) {
  // Three times what the worker can do.
  const auto told = simulate(60'000, 10, [](int now) { return now % 10 < 3 ? 1 : 0; });
  EXPECT_EQ(told.arrived, 18'000);
  EXPECT_NEAR(told.arrived - told.refused, 6000, 250);  // answered, but for those of the first second
  EXPECT_LE(told.last_longest_ms, 110);
  // Without it the last one would wait for two minutes.
  EXPECT_LE(told.longest_wait_ms, 2500);
}

TEST(StandingQueueSimulation, ItIsOverWithTheOverload) {
  // A third more than the worker can do, for half a minute, then a quarter of what it can do.
  const auto told = simulate(60'000, 10, [](int now) { return now < 30'000 ? (now % 15 < 2 ? 1 : 0) : now % 40 == 0; });
  EXPECT_GT(told.refused, 500);
  EXPECT_LT(told.refused, 1100);  // about the third that is too much
  EXPECT_LT(told.last_refusal, 30'000);
}

}  // namespace
}  // namespace tenor::serving
