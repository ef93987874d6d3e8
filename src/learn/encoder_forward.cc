#include "learn/encoder_forward.h"

#include <torch/torch.h>

#include <cmath>
#include <memory>

#include "learn/layer_checkpoint.h"

namespace tenor::learn {

namespace {

using torch::Tensor;

constexpr float kMasked = -1e4f;  // added to a score: e^-10000 is 0 in every format

struct Layer {
  const experts::EncoderConfig& config;
  const Parameters& parameters;
  const ForwardOptions& options;
  std::string prefix;

  std::string name(const char* part) const { return prefix + part; }
};

Tensor activate(const Tensor& inputs, experts::Activation activation) {
  switch (activation) {
    case experts::Activation::gelu:
      return torch::gelu(inputs);
    case experts::Activation::gelu_tanh:
      return torch::gelu(inputs, "tanh");
    case experts::Activation::relu:
      return torch::relu(inputs);
  }
  return inputs;
}

// [n, hidden] -> [n, hidden]. `mask` is undefined or [texts, 1, 1, length]; `scores` hears the scores before softmax.
Tensor attend(const Layer& layer, const Tensor& states, const TokenGrid& grid, const Tensor& mask,
              std::vector<Tensor>* scores_out) {
  const std::int64_t texts = grid.texts(), length = grid.length();
  const auto heads = static_cast<std::int64_t>(layer.config.heads);
  const auto size = static_cast<std::int64_t>(layer.config.head_size());
  const Tensor qkv = dense(states, layer.parameters, layer.name("qkv"), layer.options.compute);
  const auto parts = qkv.view({texts, length, 3, heads, size}).unbind(2);
  const auto by_head = [&](const Tensor& part) { return part.transpose(1, 2).reshape({texts * heads, length, size}); };
  const Tensor queries = by_head(parts[0]) * (1 / std::sqrt(static_cast<double>(size)));
  const Tensor keys = by_head(parts[1]), values = by_head(parts[2]);
  Tensor scores = torch::bmm(queries, keys.transpose(1, 2));
  if (mask.defined()) {
    scores = (scores.view({texts, heads, length, length}) + mask).view({texts * heads, length, length});
  }
  if (scores_out != nullptr) scores_out->push_back(scores.view({texts, heads, length, length}));
  const Tensor context = torch::bmm(torch::softmax(scores, -1), values);
  return context.view({texts, heads, length, size}).transpose(1, 2).reshape({texts * length, heads * size});
}

// Attention and feed-forward network, each added to the states and normalised.
Tensor run_layer(const Layer& layer, const TokenGrid& grid, const Tensor& mask, Tensor states,
                 std::vector<Tensor>* scores_out) {
  const ForwardOptions& options = layer.options;
  const auto add = [&](const Tensor& sublayer, const char* norm) {
    const Tensor sum = states + dropout(sublayer.to(torch::kFloat), options.dropout, options.random);
    states = layer_norm(sum, layer.parameters, layer.name(norm), layer.config.layer_norm_epsilon);
  };
  const Tensor context = attend(layer, states, grid, mask, scores_out);
  add(dense(context, layer.parameters, layer.name("attention"), options.compute), "attention_norm");
  const Tensor inner =
      activate(dense(states, layer.parameters, layer.name("up"), options.compute), layer.config.activation);
  add(dense(inner, layer.parameters, layer.name("down"), options.compute), "output_norm");
  return states;
}

// The same, its intermediate results forgotten until the backward pass computes them again, dropout included.
Tensor run_checkpointed(const Layer& layer, const TokenGrid& grid, const Tensor& mask, const Tensor& states) {
  std::vector<std::string> names;
  for (const std::string& name : layer.parameters.names()) {
    if (name.starts_with(layer.prefix)) names.push_back(name);
  }
  Random* const random = layer.options.random;
  const Random before = random != nullptr ? *random : Random(0);
  const auto after = std::make_shared<Random>(before);
  const Segment segment = [config = layer.config, options = layer.options, prefix = layer.prefix, grid, mask, before,
                           after](const Parameters& parameters, const Tensor& inputs) {
    Random own = before;
    ForwardOptions again = options;
    if (again.random != nullptr) again.random = &own;
    const Tensor out = run_layer({config, parameters, again, prefix}, grid, mask, inputs, nullptr);
    *after = own;
    return out;
  };
  const Tensor out = checkpointed(segment, layer.parameters, names, states);
  if (random != nullptr) *random = *after;
  return out;
}

}  // namespace

std::vector<ParameterShape> encoder_shapes(const experts::EncoderConfig& config) {
  std::vector<ParameterShape> out;
  for (const experts::EncoderTensor& tensor : experts::encoder_tensors(config)) {
    if (tensor.name.starts_with("head") || tensor.name.starts_with("pool")) continue;
    out.push_back({tensor.name, {tensor.shape.begin(), tensor.shape.end()}});
  }
  return out;
}

Tensor dense(const Tensor& inputs, const Parameters& parameters, const std::string& name, torch::ScalarType compute) {
  return torch::linear(inputs.to(compute), parameters.at(name + ".weight").to(compute),
                       parameters.at(name + ".bias").to(compute));
}

Tensor layer_norm(const Tensor& inputs, const Parameters& parameters, const std::string& name, double epsilon) {
  const Tensor& weight = parameters.at(name + ".weight");
  return torch::layer_norm(inputs, weight.sizes(), weight, parameters.at(name + ".bias"), epsilon);
}

Tensor dropout(const Tensor& inputs, double rate, Random* random) {
  if (rate <= 0 || random == nullptr) return inputs;
  Tensor mask = torch::empty(inputs.sizes(), torch::kFloat);
  float* values = mask.data_ptr<float>();
  const auto keep = static_cast<float>(1 / (1 - rate));
  const auto bound = static_cast<std::uint64_t>(rate * 65536);  // four draws of 16 bits a number
  const std::int64_t count = mask.numel();
  for (std::int64_t i = 0; i < count; i += 4) {
    const std::uint64_t bits = random->next();
    for (std::int64_t j = 0; j < 4 && i + j < count; ++j) {
      values[i + j] = ((bits >> (16 * j)) & 0xFFFF) < bound ? 0.0f : keep;
    }
  }
  return inputs * mask.to(inputs.device());
}

Tensor embed(const experts::EncoderConfig& config, const Parameters& parameters, const TokenGrid& grid,
             const ForwardOptions& options) {
  const std::int64_t length = grid.length();
  const auto offset = static_cast<std::int64_t>(config.position_offset);
  Tensor places = parameters.at("embeddings.position").slice(0, offset, offset + length);
  if (config.types > 0) places = places + parameters.at("embeddings.type")[0];
  const Tensor sums = torch::embedding(parameters.at("embeddings.word"), grid.ids) + places;
  const Tensor states = layer_norm(sums.view({grid.texts() * length, static_cast<std::int64_t>(config.hidden)}),
                                   parameters, "embeddings.norm", config.layer_norm_epsilon);
  return dropout(states, options.dropout, options.random);
}

ForwardResult run_layers(const experts::EncoderConfig& config, const Parameters& parameters, const TokenGrid& grid,
                         Tensor states, const ForwardOptions& options, const std::string& prefix) {
  Tensor mask;
  if (grid.padding.defined()) {
    mask = (grid.padding.to(options.compute) * kMasked).view({grid.texts(), 1, 1, grid.length()});
  }
  ForwardResult result;
  if (options.keep_layers) result.layers.push_back(states);
  for (std::size_t i = 0; i < config.layers; ++i) {
    const Layer layer{config, parameters, options, prefix + experts::layer_prefix(config, i)};
    if (options.checkpoint_layers && !options.keep_layers) {
      states = run_checkpointed(layer, grid, mask, states);
    } else {
      states = run_layer(layer, grid, mask, states, options.keep_layers ? &result.attention : nullptr);
    }
    if (options.keep_layers) result.layers.push_back(states);
  }
  result.states = states;
  return result;
}

ForwardResult encoder_forward(const experts::EncoderConfig& config, const Parameters& parameters, const TokenGrid& grid,
                              const ForwardOptions& options) {
  return run_layers(config, parameters, grid, embed(config, parameters, grid, options), options);
}

}  // namespace tenor::learn
