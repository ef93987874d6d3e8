// What a manifest says about features: which n-grams, and the spaces they are looked up in.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/json_object.h"
#include "experts/feature_vector.h"
#include "text/ngrams.h"

namespace tenor::experts {

inline constexpr int kMaxHashBits = 24;

// An index of n-grams with the values they take, shared by the experts that score `tasks`.
struct SpaceSettings {
  std::string name;                // prefix of its tensors, "NAME.weights"
  std::vector<std::string> tasks;  // in the order of the outputs
  TermWeight term_weight = TermWeight::binary;
  Norm norm = Norm::l2;
  int hash_bits = 0;  // above 0: features are the upper bits of the n-grams' hashes and there is no dictionary
};

// features.settings of the manifest: {"ngrams": {...}, "spaces": [{...}]}.
struct FeatureSettings {
  text::NgramSpec ngrams;
  std::vector<SpaceSettings> spaces;
};

// Errors: not_found (a field is missing), corrupt (wrong type or range), unsupported (a scheme this program lacks).
Result<FeatureSettings> read_feature_settings(const bundle::JsonObject& json);
bundle::JsonObject write_feature_settings(const FeatureSettings& settings);

}  // namespace tenor::experts
