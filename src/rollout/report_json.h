// A rollout as GET /v1/rollout tells it.
#pragma once

#include <span>
#include <string>

#include "base/json_writer.h"
#include "rollout/rollout.h"

namespace tenor::rollout {

// One object. `labels`: names of the live model's labels, in its order.
void write_report(JsonWriter& json, const Report& report, std::span<const std::string> labels);

}  // namespace tenor::rollout
