#include "devices/monitor.h"

#include <gtest/gtest.h>

#include <functional>

#include "machine.h"

namespace tenor::devices {
namespace {

using std::chrono::milliseconds;

constexpr const char* kPair = "gpu uuid=GPU-a total=1000 used=100\ngpu uuid=GPU-b total=1000 used=100\n";

MonitorOptions quick_options(const char* library = TENOR_NVML_STANDIN) {
  MonitorOptions options;
  options.interval = milliseconds(20);
  options.retry = milliseconds(10);
  options.most_retry = milliseconds(40);
  options.rescan = milliseconds(30);
  options.nvml = library;
  return options;
}

// The snapshot that the condition waits for; the test fails where it does not come within a minute.
std::shared_ptr<const Snapshot> await(const Monitor& monitor, const std::function<bool(const Snapshot&)>& condition) {
  const auto end = Clock::now() + std::chrono::minutes(1);
  auto snapshot = monitor.snapshot();
  while (!condition(*snapshot)) {
    if (Clock::now() > end) {
      ADD_FAILURE() << "the awaited snapshot did not come";
      break;
    }
    snapshot = monitor.wait_beyond(snapshot->number, milliseconds(1000));
  }
  return snapshot;
}

bool healths(const Snapshot& snapshot, Health first, Health second) {
  return snapshot.gpus.size() == 2 && snapshot.gpus[0].health == first && snapshot.gpus[1].health == second;
}

TEST(Monitor, HasTheCpuWhereThereIsNoDriver) {
  const Monitor monitor(quick_options("libno-such-driver.so.1"));
  EXPECT_GE(monitor.snapshot()->cpu.cpus, 1U);
  ASSERT_TRUE(monitor.wait_ready(std::chrono::minutes(1)));
  const auto snapshot = await(monitor, [](const Snapshot& s) { return !s.driver.problem.empty() && s.cpu.load; });
  EXPECT_FALSE(snapshot->driver.present);
  EXPECT_TRUE(snapshot->gpus.empty());
  EXPECT_GT(snapshot->cpu.total_bytes, 0U);
}

TEST(Monitor, FollowsMemoryThatGrows) {
  const Machine machine("gpu uuid=GPU-a total=100000 used=100 grow=10\n");
  const Monitor monitor(quick_options());
  const auto first = await(monitor, [](const Snapshot& s) { return !s.gpus.empty() && s.gpus[0].sample.free_bytes; });
  EXPECT_TRUE(first->driver.present);
  EXPECT_EQ(first->gpus[0].cuda_index, 0U);
  const auto free = *first->gpus[0].sample.free_bytes;
  await(monitor, [free](const Snapshot& s) { return *s.gpus[0].sample.free_bytes < free; });
}

TEST(Monitor, MarksALostDeviceAndFindsItAgain) {
  Machine machine(kPair);
  const Monitor monitor(quick_options());
  await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
  machine.set("gpu uuid=GPU-a total=1000 used=100\ngpu uuid=GPU-b lost=1\n");
  const auto lost = await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::lost); });
  EXPECT_FALSE(lost->gpus[1].reason.empty());
  machine.set(kPair);
  await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
}

TEST(Monitor, MarksADeviceThatVanishes) {
  Machine machine(kPair);
  const Monitor monitor(quick_options());
  await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
  machine.set("gpu uuid=GPU-a total=1000 used=100\n");
  const auto snapshot = await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::lost); });
  EXPECT_EQ(snapshot->gpus[1].identity.uuid, "GPU-b");
}

TEST(Monitor, FindsDevicesThatAreNew) {
  Machine machine("gpu uuid=GPU-a total=1000 used=100\n");
  const Monitor monitor(quick_options());
  await(monitor, [](const Snapshot& s) { return s.gpus.size() == 1; });
  machine.set(kPair);
  await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
}

TEST(Monitor, CountsXidErrors) {
  Machine machine(kPair);
  const Monitor monitor(quick_options());
  await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
  machine.set(std::string(kPair) + "xid gpu=0 number=31\nxid gpu=1 number=79\n");
  const auto snapshot = await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::failed); });
  EXPECT_EQ(snapshot->gpus[0].last_xid, 31U);
  EXPECT_EQ(snapshot->gpus[1].reason, "XID 79");
}

TEST(Monitor, SurvivesADriverRestart) {
  Machine machine(kPair);
  const Monitor monitor(quick_options());
  await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
  machine.set("driver gone\n");
  const auto gone = await(monitor, [](const Snapshot& s) { return healths(s, Health::lost, Health::lost); });
  EXPECT_FALSE(gone->driver.present);
  machine.set(kPair);
  const auto back = await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
  EXPECT_TRUE(back->driver.present);
}

TEST(Monitor, GoesOnWithTheOthersWhileACallHangs) {
  Machine machine(kPair);
  const Monitor monitor(quick_options());
  await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
  machine.set("gpu uuid=GPU-a total=1000 used=100 hang=memory\ngpu uuid=GPU-b total=1000 used=300\n");
  const auto stale = await(monitor, [](const Snapshot& s) {
    return healths(s, Health::stale, Health::ok) && s.gpus[1].sample.free_bytes == 700U;
  });
  EXPECT_FALSE(stale->gpus[0].reason.empty());
  machine.set(kPair);
  await(monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
}

// The thread that hangs outlives the monitor; it comes back into memory that is still there.
TEST(Monitor, IsDestroyedWhileACallHangs) {
  Machine machine(kPair);
  auto options = quick_options();
  options.stop_grace = milliseconds(1);
  auto monitor = std::make_unique<Monitor>(options);
  await(*monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::ok); });
  machine.set("gpu uuid=GPU-a total=1000 used=100\ngpu uuid=GPU-b total=1000 used=100 hang=memory\n");
  await(*monitor, [](const Snapshot& s) { return healths(s, Health::ok, Health::stale); });
  monitor.reset();
  machine.set(kPair);
  std::this_thread::sleep_for(milliseconds(50));  // lets it come back under the sanitizers' eyes
}

}  // namespace
}  // namespace tenor::devices
