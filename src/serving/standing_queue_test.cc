#include "serving/standing_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>

namespace tenor::serving {
namespace {

constexpr double kMs = 1000;
constexpr StandingRules kRules{100 * kMs};  // an interval of 500 ms

TEST(StandingQueue, BulkGoesFirstThenAll) {
  StandingQueue queue(kRules);
  EXPECT_EQ(queue.observe(0, 150 * kMs), Pressure::no);  // above since -50 ms
  EXPECT_EQ(queue.observe(440 * kMs, 110 * kMs), Pressure::no);
  EXPECT_EQ(queue.observe(460 * kMs, 110 * kMs), Pressure::refuse_bulk);
  EXPECT_EQ(queue.observe(940 * kMs, 300 * kMs), Pressure::refuse_bulk);
  EXPECT_EQ(queue.observe(960 * kMs, 300 * kMs), Pressure::refuse_all);
  EXPECT_EQ(queue.observe(970 * kMs, 100 * kMs), Pressure::no);  // once it is short, everybody may come
  EXPECT_EQ(queue.observe(980 * kMs, 110 * kMs), Pressure::no);
}

TEST(StandingQueue, OneThatWaitsForLongIsAQueueToo) {
  StandingQueue queue(kRules);
  EXPECT_EQ(queue.observe(0, 0), Pressure::no);
  EXPECT_EQ(queue.observe(3000 * kMs, 700 * kMs), Pressure::refuse_bulk);  // one came at 2.3 s, and no worker was free
}

TEST(StandingQueue, WithoutATargetNothingIsRefused) {
  StandingQueue queue(StandingRules{});
  EXPECT_EQ(queue.observe(0, 1e12), Pressure::no);
  EXPECT_EQ(queue.observe(1e12, 1e12), Pressure::no);
}

// One worker that takes the oldest of a line of interactive requests, as long as they take, a millisecond a step.
struct Simulation {
  int arrived = 0, refused = 0, refused_bulk = 0;
  double longest_wait_ms = 0;
};
Simulation simulate(int milliseconds, double service_ms, const std::function<int(int)>& arrivals_at) {
  StandingQueue queue(kRules);
  Simulation told;
  std::deque<double> line;  // when each came
  double free_at = 0;
  for (int now = 0; now < milliseconds; ++now) {
    const auto observe = [&] { return queue.observe(now * kMs, line.empty() ? 0 : (now - line.front()) * kMs); };
    while (!line.empty() && free_at <= now) {
      told.longest_wait_ms = std::max(told.longest_wait_ms, now - line.front());
      line.pop_front();
      free_at = std::max<double>(free_at, now) + service_ms;
      observe();
    }
    for (int i = arrivals_at(now); i > 0; --i) {
      ++told.arrived;
      const Pressure pressure = observe();
      told.refused_bulk += pressure != Pressure::no ? 1 : 0;  // what a bulk request would have met
      if (pressure == Pressure::refuse_all) {
        ++told.refused;
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

TEST(StandingQueueSimulation, AStandingQueueIsRefusedUntilItFalls) {
  // A third more than the worker can do, for half a minute, then a quarter of what it can do.
  const auto told = simulate(60'000, 10, [](int now) { return now < 30'000 ? (now % 15 < 2 ? 1 : 0) : now % 40 == 0; });
  EXPECT_GT(told.refused, 500);
  EXPECT_LT(told.refused, 1800);  // about the third that is too much, and what it takes to get short again
  // Without, the last one would have waited for ten seconds.
  EXPECT_LT(told.longest_wait_ms, 1000);
}

TEST(StandingQueueSimulation, ItIsOverWithTheOverload) {
  int late_refusals = 0;
  StandingQueue queue(kRules);
  std::deque<int> line;
  for (int now = 0; now < 20'000; ++now) {
    if (now % 10 == 0 && !line.empty()) line.pop_front();
    const auto pressure = queue.observe(now * kMs, line.empty() ? 0 : (now - line.front()) * kMs);
    const bool comes = now < 5000 ? now % 5 == 0 : now % 50 == 0;
    if (!comes) continue;
    if (pressure == Pressure::refuse_all) {
      late_refusals += now > 8000 ? 1 : 0;
    } else {
      line.push_back(now);
    }
  }
  EXPECT_EQ(late_refusals, 0);
}

}  // namespace
}  // namespace tenor::serving
