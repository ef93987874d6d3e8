// The encoder of experts/encoder_config.h in libtorch, to be differentiated.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/random.h"
#include "experts/encoder_config.h"
#include "learn/parameters.h"

namespace tenor::learn {

// Parameters of the encoder's body in the bundle's names; heads are separate.
std::vector<ParameterShape> encoder_shapes(const experts::EncoderConfig& config);

// Several texts as a rectangle. Rows beyond a text's end are padding.
struct TokenGrid {
  torch::Tensor ids;      // int64 [texts, length]
  torch::Tensor padding;  // bool [texts, length], true where there is no token; undefined: there is none
  std::int64_t texts() const { return ids.size(0); }
  std::int64_t length() const { return ids.size(1); }
};

struct ForwardOptions {
  torch::ScalarType compute = torch::kBFloat16;  // of products; sums, norms and losses are float32
  double dropout = 0;                            // of embeddings and of each sublayer's output
  Random* random = nullptr;                      // for dropout
  bool keep_layers = false;                      // also the states and attention scores of every layer
  bool checkpoint_layers = false;  // layers are computed again by the backward pass, see layer_checkpoint.h;
                                   // not with keep_layers
};

struct ForwardResult {
  torch::Tensor states;                  // float32 [texts * length, hidden], of the last layer
  std::vector<torch::Tensor> layers;     // [layers + 1], the first being the embeddings' output; with keep_layers
  std::vector<torch::Tensor> attention;  // [layers] of [texts, heads, length, length], before softmax; with keep_layers
};

// The embeddings' output, float32 [texts * length, hidden]. Thread-safe as far as `random` is not shared, as is all
// here.
torch::Tensor embed(const experts::EncoderConfig& config, const Parameters& parameters, const TokenGrid& grid,
                    const ForwardOptions& options);
// The layers, from embed()'s states on. `prefix` is put before the names of their parameters.
ForwardResult run_layers(const experts::EncoderConfig& config, const Parameters& parameters, const TokenGrid& grid,
                         torch::Tensor states, const ForwardOptions& options, const std::string& prefix = "");
// Both.
ForwardResult encoder_forward(const experts::EncoderConfig& config, const Parameters& parameters, const TokenGrid& grid,
                              const ForwardOptions& options);

// inputs [n, k] x weight [m, k] + bias, computed in `compute`, the answer in `compute`.
torch::Tensor dense(const torch::Tensor& inputs, const Parameters& parameters, const std::string& name,
                    torch::ScalarType compute);
torch::Tensor layer_norm(const torch::Tensor& inputs, const Parameters& parameters, const std::string& name,
                         double epsilon);
// Zero with probability `rate`, else multiplied by 1 / (1 - rate).
torch::Tensor dropout(const torch::Tensor& inputs, double rate, Random* random);

}  // namespace tenor::learn
