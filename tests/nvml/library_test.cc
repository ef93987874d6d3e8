#include <gtest/gtest.h>

#include "devices/nvml_devices.h"
#include "machine.h"

namespace tenor::devices {
namespace {

constexpr const char* kTwo =
    "gpu uuid=GPU-a name=H200 bus=0x17 total=1000 used=100 temperature=50 power=70500 power_limit=700000 "
    "utilization=30 throttle=0x44 ecc=2 ecc_corrected=5\n"
    "gpu uuid=GPU-b bus=0x65 total=500 used=400\n";

TEST(NvmlLibrary, SaysWhatIsMissing) {
  const auto none = NvmlLibrary::open("libno-such-driver.so.1");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::not_found);
  const auto other = NvmlLibrary::open("libm.so.6");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::unsupported);
  EXPECT_NE(other.error().message.find("nvmlInit"), std::string::npos);
  const Machine machine("driver gone\n");
  const auto gone = NvmlLibrary::open(TENOR_NVML_STANDIN);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::io);
  EXPECT_NE(gone.error().message.find("Driver Not Loaded (9)"), std::string::npos);
}

TEST(NvmlDevices, ReadsEverything) {
  const Machine machine(kTwo);
  const auto library = NvmlLibrary::open(TENOR_NVML_STANDIN);
  ASSERT_TRUE(library);
  EXPECT_EQ(library->driver_version(), "550.54.15");
  const auto devices = list_devices(*library);
  ASSERT_TRUE(devices);
  ASSERT_EQ(devices->size(), 2U);
  EXPECT_EQ(devices->at(0).identity.uuid, "GPU-a");
  EXPECT_EQ(devices->at(0).identity.name, "H200");
  EXPECT_EQ(devices->at(0).identity.pci, "0000:17:00.0");
  const Reading reading = read_sample(library->api(), devices->at(0));
  EXPECT_EQ(reading.code, nvml::kSuccess);
  EXPECT_EQ(reading.sample.total_bytes, 1000U);
  EXPECT_EQ(reading.sample.free_bytes, 900U);
  EXPECT_EQ(reading.sample.temperature_c, 50U);
  EXPECT_EQ(reading.sample.power_w, 70.5);
  EXPECT_EQ(reading.sample.power_limit_w, 700);
  EXPECT_EQ(reading.sample.utilization_percent, 30U);
  EXPECT_EQ(reading.sample.ecc_uncorrected, 2U);
  EXPECT_EQ(reading.sample.ecc_corrected, 5U);
  ASSERT_TRUE(reading.sample.throttling);
  EXPECT_TRUE(reading.sample.throttling->power_cap);
  EXPECT_TRUE(reading.sample.throttling->thermal);
  const Reading sparse = read_sample(library->api(), devices->at(1));
  EXPECT_EQ(sparse.sample.free_bytes, 100U);
  EXPECT_FALSE(sparse.sample.temperature_c || sparse.sample.power_w || sparse.sample.throttling);
}

TEST(NvmlDevices, DoesWithoutWhatOldLibrariesLack) {
  const Machine machine(kTwo);
  const auto library = NvmlLibrary::open(TENOR_NVML_STANDIN_OLD);
  ASSERT_TRUE(library);
  EXPECT_EQ(library->driver_version(), "");
  const auto devices = list_devices(*library);
  ASSERT_TRUE(devices);
  ASSERT_EQ(devices->size(), 2U);
  EXPECT_EQ(devices->at(0).identity.pci, "0000:17:00.0");
  const Reading reading = read_sample(library->api(), devices->at(0));
  EXPECT_EQ(reading.sample.free_bytes, 900U);
  EXPECT_EQ(reading.sample.temperature_c, 50U);
  EXPECT_FALSE(reading.sample.power_w || reading.sample.utilization_percent || reading.sample.ecc_uncorrected);
  XidEvents events(*library, *devices);
  EXPECT_TRUE(events.poll().empty());
}

TEST(NvmlDevices, ListsTheMigDevicesOfEachGpu) {
  const Machine machine(
      "gpu uuid=GPU-a mig=1 total=1000 temperature=60 bus=1\n"
      "gpu uuid=GPU-b total=500 used=0\n"
      "mig gpu=0 uuid=MIG-x gi=1 ci=0 total=300 used=100\n"
      "mig gpu=0 uuid=MIG-y gi=2 ci=0 total=300 used=200\n");
  const auto library = NvmlLibrary::open(TENOR_NVML_STANDIN);
  const auto devices = list_devices(*library);
  ASSERT_TRUE(devices);
  ASSERT_EQ(devices->size(), 4U);
  const NvmlDevice& part = devices->at(2);
  EXPECT_EQ(part.identity.uuid, "MIG-y");
  EXPECT_EQ(part.identity.parent_uuid, "GPU-a");
  EXPECT_EQ(part.identity.pci, "0000:01:00.0");
  EXPECT_EQ(part.identity.gpu_instance, 2U);
  const Reading reading = read_sample(library->api(), part);
  EXPECT_EQ(reading.sample.free_bytes, 100U);
  EXPECT_EQ(reading.sample.temperature_c, 60U);  // the whole GPU's
}

TEST(NvmlDevices, TellsOfLossAndXidErrors) {
  Machine machine(kTwo);
  const auto library = NvmlLibrary::open(TENOR_NVML_STANDIN);
  const auto devices = list_devices(*library);
  XidEvents events(*library, *devices);
  EXPECT_TRUE(events.poll().empty());
  machine.set(std::string(kTwo) + "xid gpu=1 number=79\nxid gpu=0 number=13 gi=4\n");
  const auto seen = events.poll();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].xid, 79U);
  EXPECT_EQ(seen[0].device, devices->at(1).handle);
  EXPECT_FALSE(seen[0].gpu_instance);
  EXPECT_EQ(seen[1].gpu_instance, 4U);
  machine.set("gpu uuid=GPU-a lost=1\n");
  EXPECT_TRUE(means_lost(read_sample(library->api(), devices->at(0)).code));
  EXPECT_EQ(read_sample(library->api(), devices->at(1)).code, nvml::kNotFound);
  machine.set("driver gone\n");
  EXPECT_TRUE(means_driver_gone(read_sample(library->api(), devices->at(0)).code));
}

}  // namespace
}  // namespace tenor::devices
