#include "devices/device_book.h"

#include <gtest/gtest.h>

namespace tenor::devices {
namespace {

using std::chrono::seconds;

constexpr double kStale = 3;

NvmlDevice make_device(const char* uuid, std::size_t handle, std::size_t parent = 0, unsigned instance = 0) {
  NvmlDevice device;
  device.handle = reinterpret_cast<nvml::Device>(handle);
  device.parent = reinterpret_cast<nvml::Device>(parent);
  device.identity.uuid = uuid;
  if (parent != 0) {
    device.identity.parent_uuid = "GPU-a";
    device.identity.gpu_instance = instance;
    device.identity.compute_instance = 0;
  }
  return device;
}

TEST(KindOfXid, TakesUnknownNumbersForFatal) {
  EXPECT_EQ(kind_of_xid(13), XidKind::application);
  EXPECT_EQ(kind_of_xid(79), XidKind::fatal);
  EXPECT_EQ(kind_of_xid(123456), XidKind::fatal);
}

TEST(Judge, LetsTheWorstFindingWin) {
  Evidence evidence;
  EXPECT_EQ(judge(evidence, kStale).health, Health::ok);
  evidence.sample.throttling = Throttling{.power_cap = true};
  EXPECT_EQ(judge(evidence, kStale).health, Health::ok);
  evidence.sample.throttling->thermal = true;
  EXPECT_EQ(judge(evidence, kStale).reason, "slowed down: heat");
  evidence.silent_s = 4;
  EXPECT_EQ(judge(evidence, kStale).health, Health::stale);
  evidence.ecc_uncorrected = 2;
  evidence.sample.ecc_uncorrected = 2;
  EXPECT_EQ(judge(evidence, kStale).health, Health::stale);
  evidence.sample.ecc_uncorrected = 3;
  EXPECT_EQ(judge(evidence, kStale).reason, "1 uncorrectable memory errors");
  evidence.fatal_xid = 48;
  EXPECT_EQ(judge(evidence, kStale).reason, "XID 48");
  evidence.lost = "GPU is lost (15)";
  EXPECT_EQ(judge(evidence, kStale).health, Health::lost);
}

TEST(DeviceBook, CallsASilentDeviceStale) {
  DeviceBook book;
  const Clock::time_point start{};
  book.opened({make_device("GPU-a", 1)}, std::nullopt, start);
  EXPECT_TRUE(book.begin("GPU-a", start));
  EXPECT_FALSE(book.begin("GPU-a", start));
  EXPECT_TRUE(book.busy());
  EXPECT_EQ(book.list(start + seconds(3), kStale)[0].health, Health::ok);
  EXPECT_EQ(book.list(start + seconds(4), kStale)[0].health, Health::stale);
  book.end("GPU-a", {}, "", start + seconds(5));
  EXPECT_FALSE(book.busy());
  EXPECT_EQ(book.list(start + seconds(5), kStale)[0].health, Health::ok);
}

TEST(DeviceBook, StartsAnewWithADeviceThatComesBack) {
  DeviceBook book;
  const Clock::time_point start{};
  const std::vector<NvmlDevice> devices = {make_device("GPU-a", 1), make_device("GPU-b", 2)};
  book.opened(devices, std::nullopt, start);
  book.record_xid({devices[0].handle, 79, std::nullopt});
  book.record_xid({devices[1].handle, 79, std::nullopt});
  book.begin("GPU-a", start);
  book.end("GPU-a", {}, "GPU is lost (15)", start);
  book.opened(devices, std::nullopt, start);
  const auto gpus = book.list(start, kStale);
  EXPECT_EQ(gpus[0].health, Health::ok);
  EXPECT_EQ(gpus[1].health, Health::failed);  // the error is as true as before
  EXPECT_EQ(gpus[0].last_xid, 79U);
}

TEST(DeviceBook, RemembersALostDeviceForAWhile) {
  DeviceBook book;
  const Clock::time_point start{};
  book.opened({make_device("GPU-a", 1), make_device("GPU-b", 2)}, "1,0", start);
  EXPECT_EQ(book.list(start, kStale)[0].cuda_index, 1U);
  book.opened({make_device("GPU-b", 1)}, "0", start);
  const auto gpus = book.list(start, kStale);
  ASSERT_EQ(gpus.size(), 2U);
  EXPECT_EQ(gpus[0].cuda_index, 0U);
  EXPECT_EQ(gpus[1].identity.uuid, "GPU-a");
  EXPECT_EQ(gpus[1].health, Health::lost);
  EXPECT_FALSE(gpus[1].cuda_index);
  book.forget(start + seconds(10), 10);
  EXPECT_EQ(book.list(start, kStale).size(), 2U);
  book.forget(start + seconds(11), 10);
  EXPECT_EQ(book.list(start, kStale).size(), 1U);
}

TEST(DeviceBook, KeepsAnErrorWithinItsMigDevice) {
  DeviceBook book;
  const std::vector<NvmlDevice> devices = {make_device("GPU-a", 1), make_device("MIG-1", 11, 1, 3),
                                           make_device("MIG-2", 12, 1, 4)};
  book.opened(devices, std::nullopt, {});
  book.record_xid({devices[0].handle, 48, 4U});
  auto gpus = book.list({}, kStale);
  EXPECT_EQ(gpus[0].health, Health::ok);
  EXPECT_EQ(gpus[1].health, Health::ok);
  EXPECT_EQ(gpus[2].health, Health::failed);
  book.record_xid({devices[0].handle, 79, std::nullopt});
  gpus = book.list({}, kStale);
  EXPECT_EQ(gpus[0].health, Health::failed);
  EXPECT_EQ(gpus[1].health, Health::failed);
}

}  // namespace
}  // namespace tenor::devices
