#include "serving/placement.h"

#include <gtest/gtest.h>

namespace tenor::serving {
namespace {

using Action = Recovery::Action;
using devices::Health;

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

TEST(CostCurve, GuessesThenMeasures) {
  CostCurve curve(10);
  EXPECT_DOUBLE_EQ(curve.at(100), 1000);
  EXPECT_DOUBLE_EQ(curve.at(0), 10);
  curve.add(64, 640);
  EXPECT_DOUBLE_EQ(curve.at(64), 640);
  EXPECT_DOUBLE_EQ(curve.at(1), 640);  // starting it takes as long
  EXPECT_DOUBLE_EQ(curve.at(1000), 10000);
  curve.add(1024, 1024);
  EXPECT_DOUBLE_EQ(curve.at(1024), 1024);
  EXPECT_DOUBLE_EQ(curve.at(256), 256 * 5.5);  // half way between the sizes
  EXPECT_DOUBLE_EQ(curve.at(std::size_t{1} << 40), static_cast<double>(std::size_t{1} << 40));
}

TEST(CostCurve, IsMovedLittleByOutliers) {
  CostCurve curve;
  curve.add(64, 64);
  curve.add(64, 64e6);
  EXPECT_DOUBLE_EQ(curve.at(64), 64 * 1.3);
  curve.add(64, -1);
  curve.add(0, 5);
  EXPECT_DOUBLE_EQ(curve.at(64), 64 * 1.3);
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

TEST(Recover, HalvesWhatDoesNotFit) {
  const std::vector<DeviceState> all = {make_gpu(1), make_cpu(50)};
  FailedRun run{DeviceFailure::out_of_memory, 0, 2, 1000};
  EXPECT_EQ(recover(run, all, {false, false}, kPlacing).action, Action::halve);
  run.texts = 1;
  const auto recovery = recover(run, all, {true, false}, kPlacing);
  EXPECT_EQ(recovery.action, Action::elsewhere);
  EXPECT_EQ(recovery.device, 1U);
}

TEST(Recover, GoesElsewhereWithinTheDeadline) {
  std::vector<DeviceState> all = {make_gpu(1), make_gpu(30), make_gpu(20), make_cpu(50)};
  FailedRun run{DeviceFailure::lost, 0, 8, 1000};
  std::vector<bool> failed = {true, false, false, false};
  EXPECT_EQ(recover(run, all, failed, kPlacing).device, 2U);
  failed[2] = true;
  EXPECT_EQ(recover(run, all, failed, kPlacing).device, 1U);
  all[1].draining = true;
  EXPECT_EQ(recover(run, all, failed, kPlacing).device, 3U);
  run.left_us = 49;
  EXPECT_EQ(recover(run, all, failed, kPlacing).action, Action::give_up);
  run.left_us = 50;
  EXPECT_EQ(recover(run, all, failed, kPlacing).action, Action::elsewhere);
  failed[3] = true;
  EXPECT_EQ(recover(run, all, failed, kPlacing).action, Action::give_up);
}

}  // namespace
}  // namespace tenor::serving
