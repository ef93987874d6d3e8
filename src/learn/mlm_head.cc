#include "learn/mlm_head.h"

#include <torch/torch.h>

#include "learn/encoder_forward.h"

namespace tenor::learn {

std::vector<ParameterShape> mlm_head_shapes(const experts::EncoderConfig& config) {
  const auto hidden = static_cast<std::int64_t>(config.hidden);
  return {{"mlm.dense.weight", {hidden, hidden}},
          {"mlm.dense.bias", {hidden}},
          {"mlm.norm.weight", {hidden}},
          {"mlm.norm.bias", {hidden}},
          {"mlm.output.bias", {static_cast<std::int64_t>(config.vocabulary)}}};
}

MaskedGuess guess_masked(const experts::EncoderConfig& config, const Parameters& parameters,
                         const torch::Tensor& states, const Masked& masked, torch::ScalarType compute) {
  const auto indices = [&](const std::vector<std::int64_t>& numbers) {
    return torch::tensor(numbers, torch::kLong).to(states.device());
  };
  torch::Tensor guessed =
      torch::gelu(dense(states.index_select(0, indices(masked.places)), parameters, "mlm.dense", compute));
  guessed = layer_norm(guessed.to(torch::kFloat), parameters, "mlm.norm", config.layer_norm_epsilon);
  const torch::Tensor logits = torch::linear(guessed.to(compute), parameters.at("embeddings.word").to(compute),
                                             parameters.at("mlm.output.bias").to(compute));
  return {logits, torch::cross_entropy_loss(logits.to(torch::kFloat), indices(masked.answers))};
}

}  // namespace tenor::learn
