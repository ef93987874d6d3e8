// What the device monitor saw, for people.
#pragma once

#include <string>

#include "devices/device.h"

namespace tenor::cli {

// A line for the CPU and one for each GPU, under a line of headings.
void append_device_table(std::string& out, const devices::Snapshot& snapshot);

}  // namespace tenor::cli
