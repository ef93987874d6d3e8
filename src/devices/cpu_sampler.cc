#include "devices/cpu_sampler.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

namespace tenor::devices {

namespace {

namespace fs = std::filesystem;

constexpr unsigned kMostCpusOfMachine = 4096;
constexpr unsigned kMostNodes = 64;

// The kernel's files have no size that could be asked for; empty where there is none.
std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return file ? std::string(std::istreambuf_iterator<char>(file), {}) : std::string();
}

// A group's folder below a controller's mount point, and those above it, innermost first. In a container the path may
// be one of the machine that is not to be seen inside; the mount point is the group itself then.
std::vector<fs::path> folders_up(const fs::path& mount, const std::string& group) {
  std::vector<fs::path> folders;
  std::error_code error;
  fs::path path = fs::path(group).relative_path().lexically_normal();
  if (std::find(path.begin(), path.end(), "..") != path.end()) path.clear();
  for (; !path.empty() && path != "."; path = path.parent_path()) {
    if (fs::is_directory(mount / path, error)) folders.push_back(mount / path);
  }
  folders.push_back(mount);
  return folders;
}

template <class T>
void lessen(std::optional<T>& value, std::optional<T> other) {
  if (other && (!value || *other < *value)) value = other;
}

struct MemoryFiles {
  const char* limit;
  const char* used;
  const char* reclaimable;  // in memory.stat: file pages that the kernel drops before it refuses
};
constexpr MemoryFiles kMemoryV2{"memory.max", "memory.current", "inactive_file"};
constexpr MemoryFiles kMemoryV1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};

void read_memory_limit(const fs::path& folder, const MemoryFiles& names, GroupLimits& limits) {
  const auto limit = parse_bytes(read_text(folder / names.limit));
  if (!limit) return;
  lessen(limits.memory_bytes, limit);
  auto used = parse_bytes(read_text(folder / names.used)).value_or(0);
  used -= std::min(used, parse_named(read_text(folder / "memory.stat"), names.reclaimable).value_or(0));
  lessen(limits.free_bytes, std::optional<std::uint64_t>(*limit - std::min(*limit, used)));
}

void read_throttling(const fs::path& folder, GroupLimits& limits) {
  const std::string text = read_text(folder / "cpu.stat");
  const auto periods = parse_named(text, "nr_periods"), throttled = parse_named(text, "nr_throttled");
  if (!periods || !throttled || *periods == 0) return;
  const double share = static_cast<double>(*throttled) / static_cast<double>(*periods);
  if (!limits.limited_share || share > *limits.limited_share) limits.limited_share = std::min(share, 1.0);
}

void read_v2(const fs::path& mount, const std::string& group, GroupLimits& limits) {
  for (const fs::path& folder : folders_up(mount, group)) {
    const auto cpus = parse_cpu_max(read_text(folder / "cpu.max"));
    lessen(limits.cpus, cpus);
    if (cpus) read_throttling(folder, limits);
    read_memory_limit(folder, kMemoryV2, limits);
  }
}

void read_v1_cpu(const fs::path& mount, const std::string& group, GroupLimits& limits) {
  for (const fs::path& folder : folders_up(mount, group)) {
    const auto cpus = parse_cfs(read_text(folder / "cpu.cfs_quota_us"), read_text(folder / "cpu.cfs_period_us"));
    lessen(limits.cpus, cpus);
    if (cpus) read_throttling(folder, limits);
  }
}

}  // namespace

std::vector<unsigned> allowed_cpus() {
  std::vector<unsigned> cpus;
  cpu_set_t* set = CPU_ALLOC(kMostCpusOfMachine);
  const std::size_t size = CPU_ALLOC_SIZE(kMostCpusOfMachine);
  if (set != nullptr && sched_getaffinity(0, size, set) == 0) {
    for (unsigned cpu = 0; cpu < kMostCpusOfMachine; ++cpu) {
      if (CPU_ISSET_S(cpu, size, set)) cpus.push_back(cpu);
    }
  }
  CPU_FREE(set);
  if (!cpus.empty()) return cpus;
  for (unsigned cpu = 0; cpu < std::max(1U, std::thread::hardware_concurrency()); ++cpu) cpus.push_back(cpu);
  return cpus;
}

std::vector<NumaNode> read_nodes(const KernelFiles& files, const std::vector<unsigned>& allowed) {
  std::vector<NumaNode> nodes;
  for (unsigned id = 0; id < kMostNodes; ++id) {
    const fs::path list = files.sys / "devices/system/node" / ("node" + std::to_string(id)) / "cpulist";
    NumaNode node{id, {}};
    for (const unsigned cpu : parse_cpu_list(read_text(list))) {
      if (std::binary_search(allowed.begin(), allowed.end(), cpu)) node.cpus.push_back(cpu);
    }
    if (!node.cpus.empty()) nodes.push_back(std::move(node));
  }
  if (nodes.empty()) nodes.push_back({0, allowed});
  return nodes;
}

GroupLimits read_group_limits(const KernelFiles& files) {
  GroupLimits limits;
  const CgroupPaths paths = parse_cgroup(read_text(files.proc / "self/cgroup"));
  const fs::path mount = files.sys / "fs/cgroup";
  if (paths.v2) read_v2(mount, *paths.v2, limits);
  if (paths.v1_cpu) read_v1_cpu(mount / "cpu", *paths.v1_cpu, limits);
  if (paths.v1_memory) {
    for (const fs::path& folder : folders_up(mount / "memory", *paths.v1_memory)) {
      read_memory_limit(folder, kMemoryV1, limits);
    }
  }
  return limits;
}

CpuSample CpuSampler::sample() {
  CpuSample sample;
  const std::vector<unsigned> allowed = allowed_cpus();
  sample.cpus = static_cast<unsigned>(allowed.size());
  sample.nodes = read_nodes(files_, allowed);
  const auto ticks = parse_stat(read_text(files_.proc / "stat"));
  if (ticks && ticks_) sample.load = load_between(*ticks_, *ticks);
  ticks_ = ticks;

  const GroupLimits limits = read_group_limits(files_);
  sample.limit_cpus = limits.cpus;
  sample.limited_share = limits.limited_share;
  if (const auto memory = parse_meminfo(read_text(files_.proc / "meminfo"))) {
    sample.total_bytes = memory->total_bytes;
    sample.free_bytes = memory->available_bytes;
  }
  sample.memory_limited = limits.memory_bytes && (!sample.total_bytes || *limits.memory_bytes < *sample.total_bytes);
  lessen(sample.total_bytes, limits.memory_bytes);
  lessen(sample.free_bytes, limits.free_bytes);
  return sample;
}

}  // namespace tenor::devices
