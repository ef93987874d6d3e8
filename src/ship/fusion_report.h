// A fitted fusion for people and for programs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bundle/json_object.h"
#include "ship/fusion_fit.h"

namespace tenor::ship {

// Tables for a terminal, and one in Markdown for a model card: every expert alone and fused, on the rows of the fit.
std::string fusion_text(std::span<const FittedTask> tasks);
std::string fusion_markdown(std::span<const FittedTask> tasks);

// [{"task", "rows", "experts": [{"name", "weight", scores}], "average": {scores}, "fused": {scores}, "temperature",
// "offsets", "offset_gain"}]
std::vector<bundle::JsonObject> fusion_json(std::span<const FittedTask> tasks);

}  // namespace tenor::ship
