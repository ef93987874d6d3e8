// The field of a configuration that lists groups of labelled files.
#pragma once

#include <vector>

#include "learn/examples.h"
#include "train/yaml_fields.h"

namespace tenor::learn {

// "spaces": a list of mappings.
train::YamlField spaces_field(std::vector<ExampleSpace>& spaces);

}  // namespace tenor::learn
