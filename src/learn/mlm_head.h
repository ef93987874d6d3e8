// Guessing masked tokens from an encoder's states (Devlin et al. 2019), with the word table as output weights.
#pragma once

#include <torch/types.h>

#include <vector>

#include "experts/encoder_config.h"
#include "learn/masking.h"
#include "learn/parameters.h"

namespace tenor::learn {

inline constexpr const char* kMlmPrefix = "mlm.";

// Beside those of the body; all begin with kMlmPrefix.
std::vector<ParameterShape> mlm_head_shapes(const experts::EncoderConfig& config);

struct MaskedGuess {
  torch::Tensor logits;  // [places, vocabulary], in `compute`
  torch::Tensor loss;    // mean cross-entropy
};

// `states` float32 [tokens, hidden] of texts in which `masked` was hidden. There is at least one place.
MaskedGuess guess_masked(const experts::EncoderConfig& config, const Parameters& parameters,
                         const torch::Tensor& states, const Masked& masked, torch::ScalarType compute);

}  // namespace tenor::learn
