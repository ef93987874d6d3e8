#include "experts/encoder_weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "bundle/float_tensor.h"

namespace tenor::experts {

namespace {

using kernels::kLanes;
using kernels::round_up;

Result<NormWeights> read_norm(const bundle::SafeTensors& tensors, const std::string& name, std::size_t size) {
  NormWeights out;
  for (const auto& [part, buffer] : {std::pair{".weight", &out.weight}, {".bias", &out.bias}}) {
    const auto values = bundle::float_values(tensors, name + part, std::vector<std::size_t>{size});
    if (!values) return tl::unexpected(values.error());
    *buffer = AlignedBuffer<float>(round_up(size, kLanes));
    std::memcpy(buffer->data(), values->data(), values->size() * sizeof(float));
  }
  return out;
}

bool all_finite(std::span<const float> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::isfinite(x); });
}

bool all_rows_finite(const bundle::TensorView& rows, const EncoderConfig& config) {
  std::vector<float> row(config.hidden);
  for (std::size_t r = 0; r < config.vocabulary; ++r) {
    bundle::read_floats(rows, r * config.hidden, row);
    if (!all_finite(row)) return false;
  }
  return true;
}

Result<WordTable> read_words(const bundle::SafeTensors& tensors, const EncoderConfig& config) {
  const auto rows = tensors.get("embeddings.word");
  if (!rows) return tl::unexpected(rows.error());
  const std::vector<std::size_t> shape = {config.vocabulary, config.hidden};
  const bool int8 = rows->dtype == bundle::DType::i8;
  if (rows->shape != shape || (!int8 && !bundle::is_floating(rows->dtype))) {
    return fail(ErrorCode::corrupt, "tensor 'embeddings.word' must be " + bundle::shape_text(shape) +
                                        " floating numbers or I8, found " + bundle::shape_text(rows->shape) + " " +
                                        bundle::to_string(rows->dtype));
  }
  WordTable out{*rows, {}};
  if (int8) {
    const auto scales = tensors.values<float>(kWordScales, {config.vocabulary});
    if (!scales) return tl::unexpected(scales.error());
    out.scales = *scales;
  }
  if (int8 ? !all_finite(out.scales) : !all_rows_finite(*rows, config)) {
    return fail(ErrorCode::corrupt, "the word table holds numbers that are not finite");
  }
  return out;
}

// Every token is of type 0, so its row goes into the positions'.
Result<AlignedBuffer<float>> read_places(const bundle::SafeTensors& tensors, const EncoderConfig& config) {
  const std::size_t hidden = config.hidden, stride = round_up(hidden, kLanes);
  const auto positions =
      bundle::float_values(tensors, "embeddings.position", std::vector<std::size_t>{config.positions, hidden});
  if (!positions) return tl::unexpected(positions.error());
  std::vector<float> types(hidden, 0.0f);
  if (config.types > 0) {
    auto read = bundle::float_values(tensors, "embeddings.type", std::vector<std::size_t>{config.types, hidden});
    if (!read) return tl::unexpected(read.error());
    types = std::move(*read);
  }
  AlignedBuffer<float> out(config.max_tokens() * stride);
  for (std::size_t p = 0; p < config.max_tokens(); ++p) {
    for (std::size_t h = 0; h < hidden; ++h) {
      out[p * stride + h] = (*positions)[(p + config.position_offset) * hidden + h] + types[h];
    }
  }
  return out;
}

Result<AlignedBuffer<float>> read_queries(const bundle::SafeTensors& tensors, const EncoderConfig& config) {
  const std::size_t groups = config.group_outputs.size(), hidden = config.hidden, stride = round_up(hidden, kLanes);
  const auto values = bundle::float_values(tensors, kPoolingQueries, std::vector<std::size_t>{groups, hidden});
  if (!values) return tl::unexpected(values.error());
  AlignedBuffer<float> out(groups * stride);
  for (std::size_t g = 0; g < groups; ++g) {
    std::copy_n(values->begin() + static_cast<std::ptrdiff_t>(g * hidden), hidden, out.data() + g * stride);
  }
  return out;
}

// An int8 bundle may keep some products as floats: those run in f32. In a float bundle they are quantised at load.
Precision precision_of(const bundle::SafeTensors& tensors, const EncoderConfig& config, const std::string& product,
                       Precision precision) {
  const bool kept = precision == Precision::int8 && !tensors.has(Int8TensorNames(product).packed) &&
                    tensors.has(product + ".weight") && holds_int8(tensors, config);
  return kept ? Precision::f32 : precision;
}

// Takes a Result apart: the value goes to `out`, an error comes back.
template <class T>
Status take(Result<T> result, T& out) {
  if (!result) return tl::unexpected(result.error());
  out = std::move(*result);
  return {};
}

Result<LayerWeights> read_layer(const bundle::SafeTensors& tensors, const EncoderConfig& config, std::size_t layer,
                                Precision precision) {
  const std::string prefix = layer_prefix(config, layer);
  const std::size_t hidden = config.hidden;
  LayerWeights out;
  const auto product = [&](const char* name, std::size_t outputs, std::size_t inputs, ProductWeights& weights) {
    const Precision own = precision_of(tensors, config, prefix + name, precision);
    return take(ProductWeights::open(tensors, prefix + name, outputs, inputs, own), weights);
  };
  const auto norm = [&](const char* name, NormWeights& weights) {
    return take(read_norm(tensors, prefix + name, hidden), weights);
  };
  if (auto status = product("qkv", 3 * hidden, hidden, out.qkv); !status) return tl::unexpected(status.error());
  if (auto status = product("attention", hidden, hidden, out.attention); !status) {
    return tl::unexpected(status.error());
  }
  if (auto status = norm("attention_norm", out.attention_norm); !status) return tl::unexpected(status.error());
  if (auto status = product("up", config.ffn, hidden, out.up); !status) return tl::unexpected(status.error());
  if (auto status = product("down", hidden, config.ffn, out.down); !status) return tl::unexpected(status.error());
  if (auto status = norm("output_norm", out.output_norm); !status) return tl::unexpected(status.error());
  return out;
}

std::size_t owned(const NormWeights& norm) {
  return norm.weight.bytes() + norm.bias.bytes();
}

}  // namespace

bool holds_int8(const bundle::SafeTensors& tensors, const EncoderConfig& config) {
  const auto products = encoder_products(config);
  return std::any_of(products.begin(), products.end(),
                     [&](const EncoderTensor& product) { return tensors.has(Int8TensorNames(product.name).packed); });
}

Result<EncoderWeights> EncoderWeights::open(const bundle::Bundle& bundle, const bundle::SafeTensors& tensors,
                                            const EncoderConfig& config, Precision precision) {
  EncoderWeights out(bundle);
  if (auto status = take(read_words(tensors, config), out.words); !status) return tl::unexpected(status.error());
  if (auto status = take(read_places(tensors, config), out.places); !status) return tl::unexpected(status.error());
  if (auto status = take(read_norm(tensors, "embeddings.norm", config.hidden), out.embedding_norm); !status) {
    return tl::unexpected(status.error());
  }
  const std::size_t layers = config.shared_layers ? 1 : config.layers;
  for (std::size_t layer = 0; layer < layers; ++layer) {
    auto weights = read_layer(tensors, config, layer, precision);
    if (!weights) return tl::unexpected(weights.error());
    out.layers.push_back(std::move(*weights));
  }
  if (config.pooler != Pooler::none) {
    auto pooler = ProductWeights::open(tensors, "pooler", config.hidden, config.hidden, Precision::f32);
    if (!pooler) return tl::unexpected(pooler.error());
    out.pooler.push_back(std::move(*pooler));
  }
  if (config.pooling == Pooling::queries) {
    if (auto status = take(read_queries(tensors, config), out.queries); !status) return tl::unexpected(status.error());
  }
  auto head = ProductWeights::open(tensors, "head", config.outputs, config.hidden, Precision::f32);
  if (!head) return tl::unexpected(head.error());
  out.head.push_back(std::move(*head));
  return out;
}

std::size_t EncoderWeights::owned_bytes() const {
  std::size_t bytes = places.bytes() + owned(embedding_norm) + queries.bytes();
  for (const LayerWeights& l : layers) {
    bytes += l.qkv.owned_bytes() + l.attention.owned_bytes() + l.up.owned_bytes() + l.down.owned_bytes() +
             owned(l.attention_norm) + owned(l.output_norm);
  }
  for (const ProductWeights& product : pooler) bytes += product.owned_bytes();
  return bytes + head.front().owned_bytes();
}

}  // namespace tenor::experts
