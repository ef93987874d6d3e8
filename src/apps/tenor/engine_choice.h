// Which models a command works with: folders, or the ones inside the program.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tenor/encoder_flags.h"
#include "base/result.h"
#include "bundle/bundle.h"
#include "engine/engine.h"

namespace tenor::cli {

// "default" names all embedded models, "zh" and "en" one of them (write ./zh for a folder of that name); everything
// else is a bundle's folder. No names: the embedded models. Errors: those of Bundle::open, not_found.
Result<std::vector<bundle::Bundle>> open_bundles(std::span<const std::string> names);

// Errors also: those of engine_options().
Result<engine::Engine> open_engine(std::span<const std::string> names, const EncoderFlags& flags = {});

// The first model that answers texts in `language`; null where none does.
const engine::ModelInfo* model_for(const engine::Engine& engine, text::Language language);

}  // namespace tenor::cli
