#include "experts/encoder_config.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

namespace tenor::experts {

namespace {

constexpr std::size_t kMaxSide = 1u << 16;        // hidden, ffn, outputs
constexpr std::size_t kMaxVocabulary = 1u << 22;  // rows
constexpr std::size_t kMaxPositions = 1u << 16;
constexpr std::size_t kMaxLayers = 256;

// The sizes with their names in manifests: read, written and checked by one list.
struct SizeField {
  const char* name;
  std::size_t EncoderConfig::*member;
  std::size_t least;
  std::size_t most;
};

constexpr SizeField kSizes[] = {
    {"vocabulary", &EncoderConfig::vocabulary, 1, kMaxVocabulary},
    {"hidden", &EncoderConfig::hidden, 1, kMaxSide},
    {"layers", &EncoderConfig::layers, 1, kMaxLayers},
    {"heads", &EncoderConfig::heads, 1, kMaxSide},
    {"ffn", &EncoderConfig::ffn, 1, kMaxSide},
    {"positions", &EncoderConfig::positions, 1, kMaxPositions},
    {"position_offset", &EncoderConfig::position_offset, 0, kMaxPositions},
    {"types", &EncoderConfig::types, 0, 1024},
    {"outputs", &EncoderConfig::outputs, 1, kMaxSide},
};

template <class Enum>
Result<Enum> parse_choice(const bundle::JsonObject& settings, const char* field, std::initializer_list<Enum> choices) {
  const auto text = settings.text(field);
  if (!text) return tl::unexpected(text.error());
  std::string known;
  for (const Enum choice : choices) {
    if (*text == to_string(choice)) return choice;
    known += (known.empty() ? "" : ", ") + std::string(to_string(choice));
  }
  return fail(ErrorCode::unsupported, std::string(field) + " '" + *text + "' is not one this program knows: " + known);
}

void append_dense(const std::string& name, std::size_t outputs, std::size_t inputs, std::vector<EncoderTensor>& out) {
  out.push_back({name + ".weight", {outputs, inputs}});
  out.push_back({name + ".bias", {outputs}});
}

void append_norm(const std::string& name, std::size_t size, std::vector<EncoderTensor>& out) {
  out.push_back({name + ".weight", {size}});
  out.push_back({name + ".bias", {size}});
}

std::size_t stored_layers(const EncoderConfig& config) {
  return config.shared_layers ? 1 : config.layers;
}

}  // namespace

const char* to_string(Activation activation) {
  switch (activation) {
    case Activation::gelu:
      return "gelu";
    case Activation::gelu_tanh:
      return "gelu_tanh";
    case Activation::relu:
      return "relu";
  }
  return "gelu";
}

const char* to_string(Pooler pooler) {
  switch (pooler) {
    case Pooler::none:
      return "none";
    case Pooler::tanh:
      return "tanh";
    case Pooler::relu:
      return "relu";
  }
  return "none";
}

const char* to_string(Pooling pooling) {
  return pooling == Pooling::queries ? "queries" : "first";
}

namespace {

Status validate_pooling(const EncoderConfig& config) {
  const auto& groups = config.group_outputs;
  if (config.pooling == Pooling::first) {
    if (groups.empty()) return {};
    return fail(ErrorCode::corrupt, "encoder: group_outputs need pooling 'queries', found 'first'");
  }
  if (config.pooler != Pooler::none) {
    return fail(ErrorCode::corrupt, "encoder: pooling by queries needs pooler 'none', found '" +
                                        std::string(to_string(config.pooler)) + "'");
  }
  const std::size_t sum = std::accumulate(groups.begin(), groups.end(), std::size_t{0});
  if (sum != config.outputs || std::find(groups.begin(), groups.end(), 0u) != groups.end()) {
    return fail(ErrorCode::corrupt, "encoder: group_outputs must be positive and add up to the " +
                                        std::to_string(config.outputs) + " outputs, found " +
                                        std::to_string(groups.size()) + " groups of " + std::to_string(sum));
  }
  return {};
}

}  // namespace

Status validate(const EncoderConfig& config) {
  for (const SizeField& field : kSizes) {
    const std::size_t value = config.*field.member;
    if (value >= field.least && value <= field.most) continue;
    return fail(value > field.most ? ErrorCode::limit : ErrorCode::corrupt,
                "encoder: " + std::string(field.name) + " must be " + std::to_string(field.least) + " to " +
                    std::to_string(field.most) + ", found " + std::to_string(value));
  }
  if (config.hidden % config.heads != 0) {
    return fail(ErrorCode::corrupt, "encoder: hidden size " + std::to_string(config.hidden) +
                                        " is not a multiple of its " + std::to_string(config.heads) + " heads");
  }
  if (config.position_offset + 2 > config.positions) {
    return fail(ErrorCode::corrupt, "encoder: " + std::to_string(config.positions) + " positions from row " +
                                        std::to_string(config.position_offset) + " on leave no room for a text");
  }
  if (auto status = validate_pooling(config); !status) return status;
  if (!(config.layer_norm_epsilon > 0) || !(config.layer_norm_epsilon < 1)) {
    return fail(ErrorCode::corrupt, "encoder: layer_norm_epsilon must be between 0 and 1");
  }
  return {};
}

namespace {

Status read_pooling(const bundle::JsonObject& settings, EncoderConfig& config) {
  if (settings.has("pooling")) {
    const auto pooling = parse_choice(settings, "pooling", {Pooling::first, Pooling::queries});
    if (!pooling) return tl::unexpected(pooling.error());
    config.pooling = *pooling;
  }
  if (config.pooling == Pooling::first && !settings.has("group_outputs")) return {};
  const auto groups = settings.numbers("group_outputs");
  if (!groups) return tl::unexpected(groups.error());
  for (const double rows : *groups) {
    if (!(rows >= 1 && rows <= kMaxSide) || rows != std::floor(rows)) {
      return fail(ErrorCode::corrupt, "group_outputs must be whole numbers from 1 on");
    }
    config.group_outputs.push_back(static_cast<std::size_t>(rows));
  }
  return {};
}

}  // namespace

Result<EncoderConfig> read_encoder_config(const bundle::JsonObject& settings) {
  EncoderConfig config;
  for (const SizeField& field : kSizes) {
    const auto value = settings.integer(field.name);
    if (!value) return tl::unexpected(value.error());
    if (*value < 0) return fail(ErrorCode::corrupt, std::string(field.name) + " must not be negative");
    config.*field.member = static_cast<std::size_t>(*value);
  }
  const auto activation =
      parse_choice(settings, "activation", {Activation::gelu, Activation::gelu_tanh, Activation::relu});
  if (!activation) return tl::unexpected(activation.error());
  config.activation = *activation;
  const auto pooler = parse_choice(settings, "pooler", {Pooler::none, Pooler::tanh, Pooler::relu});
  if (!pooler) return tl::unexpected(pooler.error());
  config.pooler = *pooler;
  if (auto status = read_pooling(settings, config); !status) return tl::unexpected(status.error());
  const auto epsilon = settings.number("layer_norm_epsilon");
  if (!epsilon) return tl::unexpected(epsilon.error());
  config.layer_norm_epsilon = *epsilon;
  const auto shared = settings.flag("shared_layers", false);
  if (!shared) return tl::unexpected(shared.error());
  config.shared_layers = *shared;
  if (auto status = validate(config); !status) return tl::unexpected(status.error());
  return config;
}

void write_encoder_config(const EncoderConfig& config, bundle::JsonObject& settings) {
  for (const SizeField& field : kSizes) settings.set(field.name, static_cast<std::uint64_t>(config.*field.member));
  settings.set("activation", to_string(config.activation));
  settings.set("pooler", to_string(config.pooler));
  if (config.pooling != Pooling::first) {
    settings.set("pooling", to_string(config.pooling));
    settings.set("group_outputs", std::vector<double>(config.group_outputs.begin(), config.group_outputs.end()));
  }
  settings.set("layer_norm_epsilon", config.layer_norm_epsilon);
  settings.set("shared_layers", config.shared_layers);
}

std::string layer_prefix(const EncoderConfig& config, std::size_t layer) {
  return "layers." + std::to_string(config.shared_layers ? 0 : layer) + ".";
}

std::vector<EncoderTensor> encoder_tensors(const EncoderConfig& config) {
  const std::size_t hidden = config.hidden;
  std::vector<EncoderTensor> out;
  out.push_back({"embeddings.word", {config.vocabulary, hidden}});
  out.push_back({"embeddings.position", {config.positions, hidden}});
  if (config.types > 0) out.push_back({"embeddings.type", {config.types, hidden}});
  append_norm("embeddings.norm", hidden, out);
  for (std::size_t layer = 0; layer < stored_layers(config); ++layer) {
    const std::string prefix = layer_prefix(config, layer);
    append_dense(prefix + "qkv", 3 * hidden, hidden, out);
    append_dense(prefix + "attention", hidden, hidden, out);
    append_norm(prefix + "attention_norm", hidden, out);
    append_dense(prefix + "up", config.ffn, hidden, out);
    append_dense(prefix + "down", hidden, config.ffn, out);
    append_norm(prefix + "output_norm", hidden, out);
  }
  if (config.pooler != Pooler::none) append_dense("pooler", hidden, hidden, out);
  if (config.pooling == Pooling::queries) out.push_back({kPoolingQueries, {config.group_outputs.size(), hidden}});
  append_dense("head", config.outputs, hidden, out);
  return out;
}

std::size_t parameter_count(const EncoderConfig& config) {
  std::size_t count = 0;
  for (const EncoderTensor& tensor : encoder_tensors(config)) {
    std::size_t size = 1;
    for (const std::size_t side : tensor.shape) size *= side;
    count += size;
  }
  return count;
}

std::vector<EncoderTensor> encoder_products(const EncoderConfig& config) {
  std::vector<EncoderTensor> out;
  for (std::size_t layer = 0; layer < stored_layers(config); ++layer) {
    const std::string prefix = layer_prefix(config, layer);
    out.push_back({prefix + "qkv", {3 * config.hidden, config.hidden}});
    out.push_back({prefix + "attention", {config.hidden, config.hidden}});
    out.push_back({prefix + "up", {config.ffn, config.hidden}});
    out.push_back({prefix + "down", {config.hidden, config.ffn}});
  }
  return out;
}

}  // namespace tenor::experts
