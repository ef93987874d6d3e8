// What the kernel's text files about processors and memory say. Pure; text that is not as the kernel writes it gives
// nothing, never an error: a value more or less is no reason to stop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tenor::devices {

// The first line of /proc/stat, in the kernel's ticks since it started.
struct CpuTicks {
  std::uint64_t busy = 0, total = 0;
};
std::optional<CpuTicks> parse_stat(std::string_view text);
// Share of the time between two readings that was busy, 0 to 1; absent where no time passed.
std::optional<double> load_between(const CpuTicks& before, const CpuTicks& after);

// /proc/meminfo
struct MemoryInfo {
  std::uint64_t total_bytes = 0, available_bytes = 0;
};
std::optional<MemoryInfo> parse_meminfo(std::string_view text);

// "0-3,8": what sysfs and control groups write. Numbers above 4095 are left out.
std::vector<unsigned> parse_cpu_list(std::string_view text);

// Paths of this process's control groups in /proc/self/cgroup, as "/a/b". v2 is the unified one.
struct CgroupPaths {
  std::optional<std::string> v2, v1_cpu, v1_memory;
};
CgroupPaths parse_cgroup(std::string_view text);

// cpu.max (v2): "150000 100000" is 1.5 processors; absent for "max".
std::optional<double> parse_cpu_max(std::string_view text);
// cpu.cfs_quota_us and cpu.cfs_period_us (v1); absent for a quota below 1.
std::optional<double> parse_cfs(std::string_view quota, std::string_view period);
// memory.max, memory.limit_in_bytes and what else is one number; absent for "max", and for what v1 writes where there
// is no limit (above 2^62).
std::optional<std::uint64_t> parse_bytes(std::string_view text);
// The number behind a name: memory.stat, cpu.stat.
std::optional<std::uint64_t> parse_named(std::string_view text, std::string_view name);

}  // namespace tenor::devices
