// The model card of an imported bundle.
#pragma once

#include <string>

#include "import/encoder_import.h"

namespace tenor::import {

// What the front matter (YAML between two lines "---") of a Hugging Face README.md says; empty where it does not.
std::string license_of_readme(std::string_view readme);

// Markdown, the same for the same input.
std::string import_card(const bundle::Manifest& manifest, const ImportSummary& summary);

}  // namespace tenor::import
