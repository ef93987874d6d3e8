// What the real server says of its devices, and what becomes of requests while they fail.
#include <gmock/gmock.h>
#include <sched.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "nvml/machine.h"
#include "served_test.h"

namespace tenor::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPair =
    "gpu uuid=GPU-a total=1000 used=100 temperature=50\ngpu uuid=GPU-b total=1000 used=100 power=70000\n";

class DevicesTest : public ServedTest {
 protected:
  void SetUp() override {
    setenv("TENOR_NVML", TENOR_NVML_STANDIN, 1);
    ServedTest::SetUp();
  }
  void TearDown() override {
    ServedTest::TearDown();
    unsetenv("TENOR_NVML");
  }

  // Waits for a device's health, and has texts scored again and again meanwhile.
  bool becomes(std::size_t device, const std::string& health) const {
    return wait_until([&] {
      expect_service();
      const auto shown = json::parse(fetch("/v1/devices"));
      return shown["gpus"].size() > device && shown["gpus"][device]["health"] == health;
    });
  }

  devices::Machine machine_{kPair};
};

TEST_F(DevicesTest, ADeviceIsLostAndComesBack) {
  start();
  ASSERT_TRUE(becomes(1, "ok"));
  machine_.set("gpu uuid=GPU-a total=1000 used=100 temperature=50\ngpu uuid=GPU-b lost=1\n");
  ASSERT_TRUE(becomes(1, "lost"));
  const auto metrics = fetch("/metrics");
  EXPECT_THAT(metrics, HasSubstr("tenor_device_health{device=\"GPU-b\",health=\"lost\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("tenor_device_health{device=\"GPU-b\",health=\"ok\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("tenor_device_memory_free_bytes{device=\"GPU-a\"} 900\n"));
  EXPECT_THAT(metrics, HasSubstr("tenor_device_temperature_celsius{device=\"GPU-a\"} 50\n"));
  EXPECT_THAT(metrics, Not(HasSubstr("tenor_device_power_watts{device=\"GPU-a\"}")));
  EXPECT_THAT(metrics, HasSubstr("# TYPE tenor_device_xid_errors_total counter\n"));
  EXPECT_THAT(metrics, HasSubstr("tenor_cpu_usable "));
  machine_.set(kPair);
  EXPECT_TRUE(becomes(1, "ok"));
}

TEST_F(DevicesTest, AnXidErrorIsTold) {
  start();
  ASSERT_TRUE(becomes(1, "ok"));
  machine_.set(std::string(kPair) + "xid gpu=1 number=79\n");
  ASSERT_TRUE(becomes(1, "failed"));
  const auto gpu = json::parse(fetch("/v1/devices"))["gpus"][1];
  EXPECT_EQ(gpu["reason"], "XID 79");
  EXPECT_EQ(gpu["last_xid"], 79);
}

TEST_F(DevicesTest, ADriverThatHangsHoldsUpNobody) {
  start();
  ASSERT_TRUE(becomes(0, "ok"));
  machine_.set(std::string("gpu uuid=GPU-a total=1000 used=100 hang=memory\n") +
               "gpu uuid=GPU-b total=1000 used=300\n");
  ASSERT_TRUE(becomes(0, "stale"));
  EXPECT_TRUE(becomes(1, "ok"));
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(DevicesTest, StartsAndStopsBesideADriverThatHangs) {
  machine_.set("gpu uuid=GPU-a total=1000 used=100 hang=memory\n");
  start();
  expect_service();
  EXPECT_EQ(server_->stop(), 0);
}

// Threads of the server that may run on one processor only.
std::size_t pinned_threads(pid_t process) {
  std::size_t pinned = 0;
  for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);) {
      const std::string name = "Cpus_allowed_list:";
      if (line.starts_with(name) && line.find_first_of(",-", name.size()) == std::string::npos) ++pinned;
    }
  }
  return pinned;
}

TEST_F(DevicesTest, WorkersArePinnedWhereAskedFor) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  if (CPU_COUNT(&allowed) < 2) GTEST_SKIP() << "one processor only";
  start({"--workers", "2", "--pin-workers", "cores"});
  expect_service();
  EXPECT_EQ(pinned_threads(server_->process()), 2U);
  server_.reset();
  start({"--workers", "2", "--pin-workers", "off"});
  expect_service();
  EXPECT_EQ(pinned_threads(server_->process()), 0U);
}

}  // namespace
}  // namespace tenor::test
