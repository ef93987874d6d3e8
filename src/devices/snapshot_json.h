// A snapshot as JSON: for `tenor devices --json` and for /v1/devices (docs/http-api.md).
#pragma once

#include <string>

#include "devices/device.h"

namespace tenor::devices {

// One object, without a line end. Values that are not known are left out. `now` is that of the ages of readings.
void append_json(std::string& out, const Snapshot& snapshot, Clock::time_point now);

}  // namespace tenor::devices
