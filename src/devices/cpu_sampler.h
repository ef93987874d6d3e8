// The processors and memory that this process may use.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "devices/cpu_parsers.h"
#include "devices/device.h"

namespace tenor::devices {

// Where the kernel's files are; tests have folders of their own.
struct KernelFiles {
  std::filesystem::path proc = "/proc";
  std::filesystem::path sys = "/sys";
};

// Processors that this thread may run on, ascending: its affinity, which the kernel keeps within the cpuset.
std::vector<unsigned> allowed_cpus();

// The nodes with those of their processors that are allowed; one node with all of them where sysfs tells of none.
std::vector<NumaNode> read_nodes(const KernelFiles& files, const std::vector<unsigned>& allowed);

// Limits of the control groups that hold this process, each the least of the group's own and those above it.
struct GroupLimits {
  std::optional<double> cpus;
  std::optional<std::uint64_t> memory_bytes, free_bytes;
  std::optional<double> limited_share;
};
GroupLimits read_group_limits(const KernelFiles& files);

// Remembers the last reading, for the load since then. Not for threads to share.
class CpuSampler {
 public:
  explicit CpuSampler(KernelFiles files = {}) : files_(std::move(files)) {}

  // A handful of small files: well below a millisecond.
  CpuSample sample();

 private:
  KernelFiles files_;
  std::optional<CpuTicks> ticks_;
};

}  // namespace tenor::devices
