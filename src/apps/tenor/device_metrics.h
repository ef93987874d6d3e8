// What the device monitor saw, for Prometheus.
#pragma once

#include <string>

#include "devices/device.h"

namespace tenor::cli {

// Families tenor_cpu_*, tenor_memory_* and tenor_device_*, the last by `device`: its UUID. There are as many as the
// driver lists, and for ten minutes those that it listed before.
void append_device_metrics(std::string& out, const devices::Snapshot& snapshot);

}  // namespace tenor::cli
