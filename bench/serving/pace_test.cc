#include "pace.h"

#include <gtest/gtest.h>

namespace tenor::bench {
namespace {

using namespace std::chrono_literals;

const Clock::time_point start{};

// A sample every 2 ms, of 16 us but where `slow` says otherwise.
std::vector<PaceSample> samples(int count, const std::vector<std::pair<int, double>>& slow) {
  std::vector<PaceSample> out;
  for (int i = 0; i < count; ++i) out.push_back({start + i * 2ms, 16, i * 500.0});
  for (const auto& [i, work_us] : slow) out[static_cast<std::size_t>(i)].work_us = work_us;
  return out;
}

TEST(Pace, SetsAsideWhereWorkWasSlowAndTheTimeAroundIt) {
  const auto found = disturbances(samples(100, {{40, 190}, {41, 190}, {42, 190}}), 1.5, 5ms, 7ms);
  ASSERT_EQ(found.spans.size(), 1u);
  EXPECT_EQ(found.spans[0].begin - start, 78ms - 5ms);
  EXPECT_EQ(found.spans[0].end - start, 86ms + 7ms);
  EXPECT_FALSE(found.at(start + 72ms));
  EXPECT_TRUE(found.at(start + 73ms));
  EXPECT_TRUE(found.at(start + 92ms));
  EXPECT_FALSE(found.at(start + 93ms));
  EXPECT_NEAR(found.share(start, start + 200ms), 0.1, 1e-9);
  EXPECT_NEAR(found.share(start + 83ms, start + 183ms), 0.1, 1e-9);
}

TEST(Pace, OneSlowSampleIsAnInterrupt) {
  EXPECT_TRUE(disturbances(samples(100, {{10, 190}, {50, 190}, {99, 190}}), 1.5, 5ms, 5ms).spans.empty());
  EXPECT_TRUE(disturbances({}, 1.5, 5ms, 5ms).spans.empty());
}

TEST(Pace, SpansThatMeetAreOneAcrossProcessors) {
  const auto first = disturbances(samples(100, {{20, 40}, {21, 40}, {60, 40}, {61, 40}}), 1.5, 5ms, 5ms);
  const auto second = disturbances(samples(100, {{24, 40}, {25, 40}}), 1.5, 5ms, 5ms);
  ASSERT_EQ(first.spans.size(), 2u);
  const auto both = merged({first, second});
  ASSERT_EQ(both.spans.size(), 2u);
  EXPECT_EQ(both.spans[0].begin, first.spans[0].begin);
  EXPECT_EQ(both.spans[0].end, second.spans[0].end);
  EXPECT_EQ(both.spans[1].begin, first.spans[1].begin);
}

TEST(Pace, ProcessorsAreCountedInUndisturbedTime) {
  auto all = samples(100, {});
  EXPECT_DOUBLE_EQ(processors_used(all, {}), 0.25);
  for (std::size_t i = 50; i < all.size(); ++i) all[i].process_us += 10'000;  // all of it from 98 to 100 ms
  EXPECT_GT(processors_used(all, {}), 0.25);
  EXPECT_DOUBLE_EQ(processors_used(all, {{{start + 97ms, start + 103ms}}}), 0.25);
  EXPECT_EQ(processors_used(all, {{{start, start + 1s}}}), 0);
}

TEST(Pace, WatchesAllProcessorsUntilItIsStopped) {
  PaceProbe probe;
  std::this_thread::sleep_for(30ms);
  const auto spans = probe.stop().disturbances.spans;
  for (std::size_t i = 1; i < spans.size(); ++i) EXPECT_GT(spans[i].begin, spans[i - 1].end);
}

}  // namespace
}  // namespace tenor::bench
