// config.json of a Hugging Face or ModelScope checkpoint: which encoder it is and which labels it answers.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "experts/encoder_config.h"
#include "import/json.h"

namespace tenor::import {

// How a checkpoint names its tensors.
enum class Family { bert, roberta, distilbert };

struct HfConfig {
  Family family = Family::bert;
  std::string model_type;    // as config.json has it
  std::string architecture;  // "BertForSequenceClassification"; empty where config.json does not say
  // Everything but the pooler, which the tensors tell.
  experts::EncoderConfig encoder;
  std::vector<std::string> labels;  // in the order of the head's rows
  bool multi_label = false;         // each label is a question of its own
  std::vector<std::string> notes;   // what had to be assumed
};

// Reads and judges. Errors: corrupt (types, or sizes that contradict each other), not_found (a field that has no
// default), unsupported (a model, activation, kind of positions or of problem that this program lacks, by name).
Result<HfConfig> read_hf_config(const Json& config);

}  // namespace tenor::import
