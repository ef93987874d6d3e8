// The field of a configuration that says how many training rows are made by rule.
#pragma once

#include "config/yaml_fields.h"
#include "data/behaviour_rows.h"

namespace tenor::train {

// "behaviour": a mapping of rules to shares, each a finite number not below 0.
config::YamlField behaviour_field(data::BehaviourShares& shares);

}  // namespace tenor::train
