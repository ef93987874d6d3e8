// Where the tensors of an encoder are in a checkpoint.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "experts/encoder_config.h"
#include "import/hf_config.h"
#include "import/torch_file.h"

namespace tenor::import {

// Names in front of a checkpoint's tensors, and how its head is built.
struct Layout {
  std::string encoder;  // before "embeddings.": "bert.", "module.bert.", ""
  std::string head;     // before "classifier.": "", "module.", "head."
  // The product between the first token's state and the head, full name without ".weight".
  std::string pooler;
  experts::Pooler activation = experts::Pooler::tanh;
  std::string classifier;  // full name of the head without ".weight"
};

// Errors: not_found (no word table; no classifier: a bare encoder), unsupported (several encoders).
Result<Layout> find_layout(const TensorMap& tensors);

// One tensor of the bundle: the checkpoint's tensors, one below the other, that make it.
struct TensorRecipe {
  experts::EncoderTensor target;
  std::vector<std::string> parts;
};

// A recipe for each of encoder_tensors(config), in that order.
std::vector<TensorRecipe> tensor_recipes(const experts::EncoderConfig& config, Family family, const Layout& layout);

// The tensor, also under the names that layer norms had before 2019 (gamma, beta). Null where it is not there.
const bundle::TensorView* find_tensor(const TensorMap& tensors, const std::string& name);

// What a tensor that no recipe uses means.
enum class Leftover {
  harmless,  // a pretraining head, a buffer, a pooler that the head does not read
  unknown,   // outside of the encoder: worth a note
  inside,    // part of the encoder: leaving it out would change what the model computes
};
Leftover judge_leftover(const std::string& name, const Layout& layout);

}  // namespace tenor::import
