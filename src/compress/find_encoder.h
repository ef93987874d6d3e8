// Which of a bundle's experts is meant.
#pragma once

#include <string>

#include "base/result.h"
#include "bundle/manifest.h"

namespace tenor::compress {

// The encoder called `name`, or the only one where it is empty. Errors: not_found, invalid_argument (several).
Result<std::size_t> find_encoder(const bundle::Manifest& manifest, const std::string& name);

}  // namespace tenor::compress
