// Paths that name a model: those of Hugging Face Inference and of the Open Inference Protocol.
#pragma once

#include <optional>
#include <string_view>

#include "http/route.h"

namespace tenor::http {

struct ModelPath {
  Route route = Route::other;
  std::string_view model = {};    // as the path has it; empty: the path names none
  std::string_view version = {};  // the same
};

// Nothing for any other path. `model` and `version` point into `path`; whether there are such is not looked at.
std::optional<ModelPath> read_model_path(std::string_view path);

}  // namespace tenor::http
