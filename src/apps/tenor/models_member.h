// Which models a report is about.
#pragma once

#include "base/json_writer.h"
#include "engine/engine.h"

namespace tenor::cli {

// "models": [{"name", "version", "digest"}, ...], those of the engine in its order; inside an object.
void append_models_member(JsonWriter& json, const engine::Engine& engine);

}  // namespace tenor::cli
