#include "devices/visible_devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::devices {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

GpuIdentity gpu(const char* uuid) {
  return {uuid, "", "", "", std::nullopt, std::nullopt};
}

GpuIdentity part(const char* uuid, const char* parent, unsigned instance) {
  return {uuid, parent, "", "", instance, 0};
}

TEST(VisibleDevices, UnderstandsNumbersAndUuids) {
  const std::vector<GpuIdentity> devices = {gpu("GPU-aa1"), gpu("GPU-aa2"), gpu("GPU-bb3")};
  EXPECT_THAT(visible_devices(std::nullopt, devices), ElementsAre(0, 1, 2));
  EXPECT_THAT(visible_devices("2,0", devices), ElementsAre(2, 0));
  EXPECT_THAT(visible_devices(" 1 , GPU-b", devices), ElementsAre(1, 2));
  EXPECT_THAT(visible_devices("GPU-aa2,GPU-aa1", devices), ElementsAre(1, 0));
}

TEST(VisibleDevices, EndsBeforeWhatIsWrong) {
  const std::vector<GpuIdentity> devices = {gpu("GPU-aa1"), gpu("GPU-aa2"), gpu("GPU-bb3")};
  EXPECT_THAT(visible_devices("0,2,-1,1", devices), ElementsAre(0, 2));
  EXPECT_THAT(visible_devices("1,3,0", devices), ElementsAre(1));
  EXPECT_THAT(visible_devices("1,1", devices), ElementsAre(1));
  EXPECT_THAT(visible_devices("0,GPU-aa", devices), ElementsAre(0));  // two begin so
  for (const char* none : {"", "-1", "NoDevFiles", ",0", "0x1", "99999999999999999999", "GPU-", "MIG-GPU-aa1/1/0"}) {
    EXPECT_THAT(visible_devices(none, devices), IsEmpty()) << none;
  }
}

TEST(VisibleDevices, KnowsMigDevices) {
  const std::vector<GpuIdentity> devices = {gpu("GPU-a"), part("MIG-1", "GPU-a", 3), part("MIG-2", "GPU-a", 5),
                                            gpu("GPU-b")};
  EXPECT_THAT(visible_devices(std::nullopt, devices), ElementsAre(3));
  EXPECT_THAT(visible_devices("0", devices), ElementsAre(1));
  EXPECT_THAT(visible_devices("1", devices), ElementsAre(3));
  EXPECT_THAT(visible_devices("MIG-2", devices), ElementsAre(2));
  EXPECT_THAT(visible_devices("MIG-GPU-a/5/0", devices), ElementsAre(2));
  EXPECT_THAT(visible_devices("MIG-", devices), IsEmpty());
  EXPECT_THAT(visible_devices(std::nullopt, std::span(devices).first(3)), ElementsAre(1));
}

}  // namespace
}  // namespace tenor::devices
