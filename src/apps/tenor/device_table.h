// What the device monitor saw, for people and for Prometheus.
#pragma once

#include <string>

#include "devices/device.h"

namespace tenor::cli {

// A line for the CPU and one for each GPU, under a line of headings.
void append_device_table(std::string& out, const devices::Snapshot& snapshot);

// Families tenor_cpu_* and tenor_device_*, the latter by `device`: its UUID.
void append_device_metrics(std::string& out, const devices::Snapshot& snapshot);

}  // namespace tenor::cli
