// Which model answers. Inside engine/ only.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engine/model.h"

namespace tenor::engine {

// The one of that name; without a name the first that speaks the language, or else the first of all. Null where no
// model has the name. `models` is not empty.
const Model* speaker_of(std::span<const std::unique_ptr<Model>> models, const std::optional<std::string>& name,
                        text::Language language);

// The error where there is none.
std::string no_model(std::span<const std::unique_ptr<Model>> models, const std::string& name);

}  // namespace tenor::engine
