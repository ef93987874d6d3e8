// CUDA_VISIBLE_DEVICES, read as CUDA reads it. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "devices/device.h"

namespace tenor::devices {

// Which devices this process may use, as places in `devices`, in the order in which CUDA numbers them. `devices` stand
// in the order of list_devices(); `setting` is absent where the variable is not set.
//   "2,0"           by number among the GPUs, in the order of their PCI addresses (CUDA_DEVICE_ORDER=PCI_BUS_ID)
//   "GPU-8932f937"  by UUID, or as much of its beginning as is unique
//   "MIG-..."       a MIG device by its whole UUID, or in the older form MIG-GPU-<uuid>/<gpu instance>/<compute
//   instance>
// The list ends before the first entry that is none of these, names no device, or names one again; an empty one names
// none. A GPU that is divided stands for its first MIG device; not set, all undivided GPUs are visible, and the first
// MIG device only where there are none of those, because CUDA gives a process one MIG device.
std::vector<std::size_t> visible_devices(std::optional<std::string_view> setting, std::span<const GpuIdentity> devices);

}  // namespace tenor::devices
