#include "serving/placement.h"

#include <gtest/gtest.h>

#include <limits>

namespace tenor::serving {
namespace {

using Action = Recovery::Action;
using devices::Health;
using Kind = DeviceFailure::Kind;

constexpr PlacementRules kPlacing{.margin = 0.2, .settle_us = 1000, .throttled = 2, .reserve_bytes = 100};

DeviceState make_gpu(double batch_us, double queued_us = 0) {
  DeviceState device;
  device.batch_us = batch_us;
  device.queued_us = queued_us;
  return device;
}

DeviceState make_cpu(double batch_us) {
  DeviceState device = make_gpu(batch_us);
  device.cpu = true;
  return device;
}

TEST(Place, TakesTheDeviceThatIsDoneFirst) {
  std::vector<DeviceState> all = {make_gpu(10, 100), make_gpu(20, 50), make_cpu(90)};
  const auto placement = place(all, {}, 0, kPlacing);
  EXPECT_EQ(placement.device, 1U);
  EXPECT_DOUBLE_EQ(placement.completion_us, 70);
  all[1].health = Health::throttled;
  EXPECT_EQ(place(all, {}, 0, kPlacing).device, 2U);
}

TEST(Place, LeavesOutWhatMustNotBeUsed) {
  const std::vector<DeviceState> fine = {make_gpu(1), make_gpu(2), make_cpu(90)};
  for (const Health health : {Health::stale, Health::failed, Health::lost}) {
    auto all = fine;
    all[0].health = health;
    EXPECT_EQ(place(all, {}, 0, kPlacing).device, 1U) << devices::to_string(health);
  }
  auto all = fine;
  all[0].draining = true;
  all[1].free_bytes = 1099;
  all[1].needed_bytes = 1000;
  EXPECT_EQ(place(all, {}, 0, kPlacing).device, 2U);
  all[1].free_bytes = 1100;
  EXPECT_EQ(place(all, {}, 0, kPlacing).device, 1U);
  all.pop_back();
  all[1].health = Health::lost;
  EXPECT_FALSE(place(all, {}, 0, kPlacing).device);
  EXPECT_FALSE(place({}, {}, 0, kPlacing).device);
}

TEST(Place, StaysUntilAnotherHasBeenBetterForAWhile) {
  std::vector<DeviceState> all = {make_gpu(100), make_gpu(90), make_cpu(900)};
  Standing standing{.device = 0};
  const auto step = [&](double now_us) {
    const auto placement = place(all, standing, now_us, kPlacing);
    standing = placement.standing;
    return placement.device;
  };
  EXPECT_EQ(step(0), 0U);  // ten percent are within the margin
  EXPECT_FALSE(standing.challenger);
  all[1].batch_us = 50;
  EXPECT_EQ(step(1000), 0U);
  EXPECT_EQ(step(1900), 0U);
  all[1].batch_us = 95;  // for a moment: the time begins anew
  EXPECT_EQ(step(1950), 0U);
  all[1].batch_us = 50;
  EXPECT_EQ(step(2000), 0U);
  EXPECT_EQ(step(2999), 0U);
  EXPECT_EQ(step(3000), 1U);
  EXPECT_EQ(step(3001), 1U);
  all[1].batch_us = 60;  // worse than before, and still the better one
  EXPECT_EQ(step(9000), 1U);
  all[1].health = Health::lost;
  EXPECT_EQ(step(9001), 0U);  // at once
}

TEST(Place, DoesNotFlapBetweenTwoThatAreAlike) {
  std::vector<DeviceState> all = {make_gpu(100), make_gpu(100), make_cpu(900)};
  Standing standing;
  std::size_t moves = 0;
  for (int i = 0; i < 1000; ++i) {
    all[0].queued_us = i % 2 == 0 ? 60 : 0;  // now one is better by far, now the other
    all[1].queued_us = i % 2 == 0 ? 0 : 60;
    const auto placement = place(all, standing, i * 10.0, kPlacing);
    moves += placement.device != standing.device;
    standing = placement.standing;
  }
  EXPECT_EQ(moves, 1U);  // the first one
}

TEST(Patience, LeavesTimeToComputeElsewhere) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  constexpr PlacementRules kRules{.patience = 20, .patience_us = 500};
  std::vector<DeviceState> all = {make_gpu(10), make_gpu(100, 100), make_cpu(40)};
  EXPECT_DOUBLE_EQ(patience_us(all, 0, kNone, kRules), 500);
  EXPECT_DOUBLE_EQ(patience_us(all, 1, kNone, kRules), 4000);
  EXPECT_DOUBLE_EQ(patience_us(all, 0, 200, kRules), 120);
  all[2].batch_us = 1000;  // the other device is the next one then, after 200
  EXPECT_DOUBLE_EQ(patience_us(all, 0, 430, kRules), 30);
  EXPECT_DOUBLE_EQ(patience_us(all, 0, 200, kRules), 10);  // there is time for one of them only
  EXPECT_DOUBLE_EQ(patience_us(all, 0, -5, kRules), 10);
}

TEST(Recover, HalvesWhatDoesNotFit) {
  const std::vector<DeviceState> all = {make_gpu(1), make_cpu(50)};
  FailedRun run{Kind::out_of_memory, 0, 5};
  auto recovery = recover(run, all, {false, false}, kPlacing);
  EXPECT_EQ(recovery.action, Action::split);
  EXPECT_EQ(recovery.device, 0U);
  EXPECT_EQ(recovery.count, 3U);
  run.failure = Kind::threw;
  EXPECT_EQ(recover(run, all, {false, false}, kPlacing).count, 1U);
  run = {Kind::out_of_memory, 0, 1};
  recovery = recover(run, all, {true, false}, kPlacing);
  EXPECT_EQ(recovery.action, Action::elsewhere);
  EXPECT_EQ(recovery.device, 1U);
  EXPECT_DOUBLE_EQ(recovery.completion_us, 50);
  run.device = 1;
  EXPECT_EQ(recover(run, all, {true, true}, kPlacing).action, Action::give_up);
}

TEST(Recover, GoesToWhoeverIsDoneFirst) {
  std::vector<DeviceState> all = {make_gpu(1), make_gpu(30), make_gpu(20), make_cpu(50)};
  const FailedRun run{Kind::lost, 0, 8};
  std::vector<bool> failed = {true, false, false, false};
  EXPECT_EQ(recover(run, all, failed, kPlacing).device, 2U);
  failed[2] = true;
  EXPECT_EQ(recover(run, all, failed, kPlacing).device, 1U);
  all[1].draining = true;
  EXPECT_EQ(recover(run, all, failed, kPlacing).device, 3U);
  EXPECT_FALSE(must_hurry(50, 50));
  EXPECT_TRUE(must_hurry(49, 50));
  failed[3] = true;
  EXPECT_EQ(recover(run, all, failed, kPlacing).action, Action::give_up);
}

}  // namespace
}  // namespace tenor::serving
