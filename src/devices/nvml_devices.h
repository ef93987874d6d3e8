// What one library says of the devices that it knows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "devices/device.h"
#include "devices/nvml_library.h"

namespace tenor::devices {

struct NvmlDevice {
  nvml::Device handle = nullptr;
  nvml::Device parent = nullptr;  // of a MIG device: whoever knows of heat, power and errors
  GpuIdentity identity;
};

// GPUs in the order of their PCI addresses, the MIG devices of each behind it. One that cannot be asked for its UUID is
// left out: nothing could be said about it from one moment to the next.
Result<std::vector<NvmlDevice>> list_devices(const NvmlLibrary& library);

// A reading, or the code that says that there will be none: the device is lost, or the library has to be opened anew.
// Values that cannot be had are absent.
struct Reading {
  GpuSample sample;
  int code = nvml::kSuccess;
};
Reading read_sample(const nvml::Api& api, const NvmlDevice& device);

// Whether the code says that the device is not to be had any more.
bool means_lost(int code);
// Whether the code says that the whole library has to be opened anew.
bool means_driver_gone(int code);

Throttling throttling_of(unsigned long long reasons);

// XID errors since they were last asked for. Not for threads to share; must not outlive the library.
class XidEvents {
 public:
  struct Event {
    nvml::Device device = nullptr;
    std::uint64_t xid = 0;
    std::optional<unsigned> gpu_instance;  // absent: the whole GPU
  };

  XidEvents(const NvmlLibrary& library, const std::vector<NvmlDevice>& devices);
  ~XidEvents();
  XidEvents(const XidEvents&) = delete;
  XidEvents& operator=(const XidEvents&) = delete;

  // Takes a millisecond where there are none.
  std::vector<Event> poll();

 private:
  const nvml::Api& api_;
  nvml::EventSet set_ = nullptr;  // null where the library or the devices know no events
};

}  // namespace tenor::devices
