// Watches the processors of this machine.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "devices/cpu_sampler.h"
#include "devices/device.h"

namespace tenor::devices {

struct MonitorOptions {
  std::chrono::milliseconds interval{1000};
  // Intervals without an answer after which a device is stale, and is left to itself: the others are asked by another
  // thread then.
  unsigned stale_intervals = 3;
  // A driver that is not there, or has lost a device, is opened anew after so long, then after twice as long, at most
  // after most_retry.
  std::chrono::milliseconds retry{1000}, most_retry{60'000};
  std::chrono::milliseconds rescan{30'000};   // for devices that are new
  std::chrono::milliseconds forget{600'000};  // devices that are lost
  std::chrono::milliseconds stop_grace{200};  // that the destructor waits for a call that is under way
  std::string nvml;                           // NvmlLibrary::open's path; empty: GPUs are not watched
  std::optional<std::string> visible;         // CUDA_VISIBLE_DEVICES
  KernelFiles files;

  // What the environment says: TENOR_NVML, CUDA_VISIBLE_DEVICES.
  static MonitorOptions from_environment();
};

// Samples on threads of its own; readers get the last snapshot and never wait for a driver. Thread-safe. A call into
// the driver that never comes back costs one thread, which ends with the process: nothing that it may touch when it
// does come back is freed before, and the destructor does not wait for it.
class Monitor {
 public:
  // The first snapshot has the CPU alone.
  explicit Monitor(MonitorOptions options);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  std::shared_ptr<const Snapshot> snapshot() const;
  // The first one with a number above `number`, or after `time` the last one.
  std::shared_ptr<const Snapshot> wait_beyond(std::uint64_t number, std::chrono::milliseconds time) const;
  // Waits until the devices have been read once, or the driver is found missing; false where that takes longer.
  bool wait_ready(std::chrono::milliseconds time) const;

 private:
  struct Session;
  struct State;
  class Prober;
  static void watch(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
  std::thread watchdog_;
};

}  // namespace tenor::devices
