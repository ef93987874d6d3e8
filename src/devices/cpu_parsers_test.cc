#include "devices/cpu_parsers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file_system.h"
#include "devices/cpu_sampler.h"

namespace tenor::devices {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CpuParsers, ReadLoad) {
  const auto before = parse_stat("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3 4\n");
  ASSERT_TRUE(before);
  EXPECT_EQ(before->busy, 150U);
  EXPECT_EQ(before->total, 1000U);
  const auto after = parse_stat("cpu  130 0 70 840 60 0 0 0 0 0");
  EXPECT_DOUBLE_EQ(load_between(*before, *after).value(), 0.5);
  EXPECT_FALSE(load_between(*after, *after));
  EXPECT_FALSE(load_between(*after, *before));
  for (const char* odd : {"", "cpu", "cpu 1 2 3", "cpu0 1 2 3 4", "cpu a b c d", "intr 5"}) {
    EXPECT_FALSE(parse_stat(odd)) << odd;
  }
}

TEST(CpuParsers, ReadMemory) {
  const auto memory = parse_meminfo("MemTotal:       2048 kB\nMemFree:  100 kB\nMemAvailable:   1024 kB\n");
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->total_bytes, 2048U * 1024);
  EXPECT_EQ(memory->available_bytes, 1024U * 1024);
  EXPECT_EQ(parse_meminfo("MemTotal: 2 kB\nMemFree: 1 kB\n")->available_bytes, 1024U);
  EXPECT_FALSE(parse_meminfo("MemTotal: 2048 kB\n"));
  EXPECT_FALSE(parse_meminfo(""));
}

TEST(CpuParsers, ReadLists) {
  EXPECT_THAT(parse_cpu_list("0-3,8\n"), ElementsAre(0, 1, 2, 3, 8));
  EXPECT_THAT(parse_cpu_list("5,1-2,2"), ElementsAre(1, 2, 5));
  EXPECT_THAT(parse_cpu_list("x,7,3-,-2,9-8"), ElementsAre(7));
  EXPECT_THAT(parse_cpu_list("5000-9999999"), IsEmpty());
  EXPECT_THAT(parse_cpu_list(""), IsEmpty());
}

TEST(CpuParsers, ReadLimits) {
  EXPECT_DOUBLE_EQ(parse_cpu_max("150000 100000\n").value(), 1.5);
  EXPECT_FALSE(parse_cpu_max("max 100000"));
  EXPECT_FALSE(parse_cpu_max("1000"));
  EXPECT_FALSE(parse_cpu_max("1000 0"));
  EXPECT_FALSE(parse_cfs("-1\n", "100000\n"));
  EXPECT_DOUBLE_EQ(parse_cfs("50000\n", "100000\n").value(), 0.5);
  EXPECT_EQ(parse_bytes("4096\n"), 4096U);
  EXPECT_FALSE(parse_bytes("max\n"));
  EXPECT_FALSE(parse_bytes("9223372036854771712\n"));
  EXPECT_EQ(parse_named("anon 1\ninactive_file 77\n", "inactive_file"), 77U);
  const auto paths = parse_cgroup("12:cpu,cpuacct:/a\n5:memory:/b/c\n0::/d\nbroken\n");
  EXPECT_EQ(paths.v1_cpu, "/a");
  EXPECT_EQ(paths.v1_memory, "/b/c");
  EXPECT_EQ(paths.v2, "/d");
}

class KernelFilesTest : public testing::Test {
 protected:
  KernelFilesTest() : root_(fs::path(testing::TempDir()) / ("tenor-kernel-" + std::to_string(::getpid()))) {}
  ~KernelFilesTest() override { fs::remove_all(root_); }

  void put(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    ASSERT_TRUE(write_file_atomic(root_ / path, text));
  }
  KernelFiles files() const { return {root_ / "proc", root_ / "sys"}; }

 private:
  fs::path root_;
};

TEST_F(KernelFilesTest, TheLeastLimitOfTheGroupsAboveCounts) {
  put("proc/self/cgroup", "0::/pod/box\n");
  put("sys/fs/cgroup/pod/box/cpu.max", "max 100000\n");
  put("sys/fs/cgroup/pod/cpu.max", "250000 100000\n");
  put("sys/fs/cgroup/pod/cpu.stat", "nr_periods 200\nnr_throttled 50\n");
  put("sys/fs/cgroup/pod/box/memory.max", "1000\n");
  put("sys/fs/cgroup/pod/box/memory.current", "700\n");
  put("sys/fs/cgroup/pod/box/memory.stat", "anon 1\ninactive_file 200\n");
  put("sys/fs/cgroup/pod/memory.max", "5000\n");
  put("sys/fs/cgroup/pod/memory.current", "4900\n");
  const GroupLimits limits = read_group_limits(files());
  EXPECT_DOUBLE_EQ(limits.cpus.value(), 2.5);
  EXPECT_DOUBLE_EQ(limits.limited_share.value(), 0.25);
  EXPECT_EQ(limits.memory_bytes, 1000U);
  EXPECT_EQ(limits.free_bytes, 100U);  // what is left to the pod
}

TEST_F(KernelFilesTest, ReadsTheFirstVersionWhosePathIsOutsideTheContainer) {
  put("proc/self/cgroup", "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n");
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  put("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n");
  put("sys/fs/cgroup/memory/memory.usage_in_bytes", "400\n");
  const GroupLimits limits = read_group_limits(files());
  EXPECT_DOUBLE_EQ(limits.cpus.value(), 0.5);
  EXPECT_EQ(limits.free_bytes, 600U);
}

TEST_F(KernelFilesTest, PathsCannotLeadOut) {
  put("proc/self/cgroup", "0::/../../proc\n");
  put("proc/memory.max", "1\n");
  EXPECT_FALSE(read_group_limits(files()).memory_bytes);
}

TEST_F(KernelFilesTest, NodesHaveOnlyWhatIsAllowed) {
  put("sys/devices/system/node/node0/cpulist", "0-1\n");
  put("sys/devices/system/node/node1/cpulist", "2-3\n");
  put("sys/devices/system/node/node2/cpulist", "\n");
  const auto nodes = read_nodes(files(), {1, 2, 3});
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_THAT(nodes[0].cpus, ElementsAre(1));
  EXPECT_THAT(nodes[1].cpus, ElementsAre(2, 3));
  EXPECT_EQ(nodes[1].id, 1U);
  EXPECT_THAT(read_nodes({"/none", "/none"}, {4})[0].cpus, ElementsAre(4));
}

TEST_F(KernelFilesTest, SamplesTheLessOfMachineAndGroup) {
  put("proc/self/cgroup", "0::/\n");
  put("proc/meminfo", "MemTotal: 100 kB\nMemAvailable: 50 kB\n");
  put("proc/stat", "cpu 0 0 0 100\n");
  CpuSampler sampler(files());
  CpuSample sample = sampler.sample();
  EXPECT_FALSE(sample.load);
  EXPECT_FALSE(sample.memory_limited);
  EXPECT_EQ(sample.free_bytes, 51200U);
  put("proc/stat", "cpu 100 0 0 100\n");
  put("sys/fs/cgroup/memory.max", "60000\n");
  put("sys/fs/cgroup/memory.current", "40000\n");
  put("sys/fs/cgroup/cpu.max", "10000 100000\n");
  sample = sampler.sample();
  EXPECT_DOUBLE_EQ(sample.load.value(), 1.0);
  EXPECT_TRUE(sample.memory_limited);
  EXPECT_EQ(sample.total_bytes, 60000U);
  EXPECT_EQ(sample.free_bytes, 20000U);
  EXPECT_DOUBLE_EQ(sample.usable_cpus(), 0.1);
}

}  // namespace
}  // namespace tenor::devices
