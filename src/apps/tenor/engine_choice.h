// Which models a command works with: folders, or the ones inside the program.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tenor/encoder_flags.h"
#include "base/result.h"
#include "bundle/bundle.h"
#include "engine/engine.h"

namespace tenor::cli {

// -m, --model: the names that open_bundles() takes, one an option.
void add_model_flag(CLI::App& command, std::vector<std::string>& models);

// "default" names the default models (engine::open_embedded_bundles()), "zh", "en", "zh-open" one of the embedded ones
// (write ./zh for a folder of that name); everything else is a bundle's folder. No names: the default models. Errors:
// those of Bundle::open, not_found.
Result<std::vector<bundle::Bundle>> open_bundles(std::span<const std::string> names);

// Errors also: those of engine_options().
Result<engine::Engine> open_engine(std::span<const std::string> names, const EncoderFlags& flags = {});

// The first model that answers texts in `language`; null where none does.
const engine::ModelInfo* model_for(const engine::Engine& engine, text::Language language);

}  // namespace tenor::cli
