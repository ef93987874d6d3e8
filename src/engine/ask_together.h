// Many texts, asked about together. Inside engine/ only.
#pragma once

#include <span>

#include "engine/model.h"

namespace tenor::engine {

// Between Model::begin() and Model::finish() of each text: asks its model's stages as long as next_stage() has one.
// Texts that the same stage is worth asking about go through its encoders packed together; every answer is bit for bit
// that of the text alone. `left_us` is what may still pass for all of them, those that come first are served first.
void ask_together(std::span<const Model::Question> texts, const Options& options, double left_us, Scratch& scratch);

}  // namespace tenor::engine
