// What the micro benchmarks run on: the built-in models and some texts.
#pragma once

#include <string>
#include <vector>

#include "bundle/bundle.h"
#include "experts/feature_settings.h"
#include "experts/linear_experts.h"

namespace tenor::bench {

enum class TextKind { zh_short, zh_long, en_short };

const char* to_string(TextKind kind);

// Texts of about the length of a microblog post or a review. From the curated data where TENOR_DATA names its folder,
// else made up; the label of the benchmark says which. Read once.
const std::vector<std::string>& texts(TextKind kind);
bool from_data();

// Feature settings and overall space of the built-in model of the kind's language; null where the program has none.
struct OverallModel {
  experts::FeatureSettings settings;
  experts::LinearExperts experts;
};
const OverallModel* overall_model(TextKind kind);

}  // namespace tenor::bench
