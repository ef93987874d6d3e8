// The default bundles inside the program.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"

namespace tenor::engine {

struct EmbeddedModel {
  std::string_view name;  // its folder under models/: "zh", "en", "zh-open"
  std::span<const bundle::EmbeddedFile> files;
};

// Defined by the source file that cmake/TenorEmbed.cmake generates from models/; empty in a build without them.
std::span<const EmbeddedModel> embedded_models();

// One of them, verified, by its name. Errors: not_found where there is none of that name; else as Bundle::open.
Result<bundle::Bundle> open_embedded_bundle(std::string_view name);

// The default ones, verified: those that are called like a language. Others are opened by their names. Error: not_found
// where there are none; else as Bundle::open.
Result<std::vector<bundle::Bundle>> open_embedded_bundles();

}  // namespace tenor::engine
