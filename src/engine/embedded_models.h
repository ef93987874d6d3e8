// The default bundles inside the program.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"

namespace tenor::engine {

struct EmbeddedModel {
  std::string_view name;  // its folder under models/: "zh", "en"
  std::span<const bundle::EmbeddedFile> files;
};

// Defined by the source file that cmake/TenorEmbed.cmake generates from models/; empty in a build without them.
std::span<const EmbeddedModel> embedded_models();

// All of them, verified. Error: not_found where there are none; else as Bundle::open.
Result<std::vector<bundle::Bundle>> open_embedded_bundles();

}  // namespace tenor::engine
