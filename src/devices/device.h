// What is known of a processor at one moment. Plain structs; a value that the device or its driver does not tell is
// absent, never 0.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tenor::devices {

using Clock = std::chrono::steady_clock;

// How a device is. Work may be given to the first two only.
enum class Health : std::uint8_t {
  ok,
  throttled,  // slower than it could be: heat or power
  stale,      // its driver has not answered for several intervals
  failed,     // it answers, but its last errors say that results cannot be trusted
  lost,       // it answers no more, or is not there any more
};

constexpr bool usable(Health health) {
  return health == Health::ok || health == Health::throttled;
}
// "ok", "throttled", ...
const char* to_string(Health health);

// Why clocks are lower than asked for.
struct Throttling {
  bool power_cap = false;    // its power limit
  bool thermal = false;      // its temperature
  bool power_brake = false;  // an outside signal, as of a power supply
  bool hardware = false;     // the hardware slowed down and does not say why

  // A power limit is reached by every busy server GPU; the others mean that something is wrong.
  bool unusual() const { return thermal || power_brake || hardware; }
};

// One reading of a GPU or a part of it (MIG).
struct GpuSample {
  std::optional<std::uint64_t> total_bytes, free_bytes;
  std::optional<unsigned> utilization_percent;         // time in which a kernel ran, over the driver's last period
  std::optional<unsigned> memory_utilization_percent;  // time in which memory was read or written
  std::optional<unsigned> temperature_c;
  std::optional<double> power_w, power_limit_w;
  std::optional<Throttling> throttling;
  // Since the driver was loaded.
  std::optional<std::uint64_t> ecc_corrected, ecc_uncorrected;
};

struct GpuIdentity {
  std::string uuid;         // "GPU-..." or "MIG-..."; what a device is known by
  std::string parent_uuid;  // of a MIG device, else empty
  std::string name;
  std::string pci;  // "0000:65:00.0", of the parent where it is a MIG device; empty where unknown
  std::optional<unsigned> gpu_instance, compute_instance;  // of a MIG device

  bool mig() const { return !parent_uuid.empty(); }
};

struct Gpu {
  GpuIdentity identity;
  // Its number among the devices that this process may use, as CUDA counts with CUDA_DEVICE_ORDER=PCI_BUS_ID; absent
  // where CUDA_VISIBLE_DEVICES leaves it out.
  std::optional<unsigned> cuda_index;
  GpuSample sample;  // the last one
  Clock::time_point sampled;
  std::optional<std::uint64_t> last_xid;
  std::uint64_t xid_count = 0;  // since this program watches
  Health health = Health::ok;
  std::string reason;  // of any health but ok
};

struct NumaNode {
  unsigned id = 0;
  std::vector<unsigned> cpus;  // that this process may use, ascending
};

struct CpuSample {
  unsigned cpus = 1;                    // that this process may run on (affinity, cpuset)
  std::optional<double> limit_cpus;     // of the control group's quota: 1.5 is one and a half processors' time
  std::optional<double> load;           // share of the machine's time that was busy since the last sample, 0 to 1
  std::optional<double> limited_share;  // share of the quota's periods in which the group had to stop, 0 to 1
  std::optional<std::uint64_t> total_bytes, free_bytes;  // the smaller of the machine's and the control group's
  bool memory_limited = false;                           // the control group's limit is the smaller one
  std::vector<NumaNode> nodes;                           // with processors that may be used; at least one

  // Processors' worth of time that this process can get, at least 1 where nothing says less.
  double usable_cpus() const;
};

// What the NVIDIA driver's library said.
struct DriverState {
  bool present = false;  // the library is loaded and answers
  std::string version;   // of the driver
  std::string problem;   // why it is not present, or does not answer
};

struct Snapshot {
  std::uint64_t number = 0;  // grows with each change
  DriverState driver;
  CpuSample cpu;
  std::vector<Gpu> gpus;  // those that have gone stay for a while, as lost
};

}  // namespace tenor::devices
