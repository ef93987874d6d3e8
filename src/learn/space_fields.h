// The field of a configuration that lists groups of labelled files.
#pragma once

#include <vector>

#include "config/yaml_fields.h"
#include "learn/examples.h"

namespace tenor::learn {

// "spaces": a list of mappings.
config::YamlField spaces_field(std::vector<ExampleSpace>& spaces);

}  // namespace tenor::learn
