// Encoders with random weights, and what they must answer, for tests and benchmarks.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "bundle/bundle_writer.h"
#include "experts/encoder.h"

namespace tenor::experts::testing {

using FloatTensors = std::map<std::string, std::vector<float>>;

// Weights as training leaves them: matrices small, normalisations near one.
inline FloatTensors random_encoder_tensors(const EncoderConfig& config, unsigned seed) {
  FloatTensors out;
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (const EncoderTensor& tensor : encoder_tensors(config)) {
    std::size_t size = 1;
    for (const std::size_t side : tensor.shape) size *= side;
    std::vector<float>& values = out[tensor.name];
    values.resize(size);
    const bool norm_weight = tensor.name.ends_with("norm.weight");
    const bool queries = tensor.name == kPoolingQueries;  // as large as the states, so that some tokens count more
    const float spread = queries                    ? 1.0f
                         : tensor.shape.size() == 2 ? 1.2f / std::sqrt(static_cast<float>(tensor.shape[1]))
                                                    : 0.1f;
    for (float& value : values) value = normal(random) * spread + (norm_weight ? 1.0f : 0.0f);
  }
  return out;
}

inline bundle::Expert encoder_expert(const EncoderConfig& config) {
  bundle::Expert expert{"encoder", kEncoderKind, "encoder.safetensors", {"overall"}, {}};
  write_encoder_config(config, expert.settings);
  return expert;
}

inline bundle::Manifest encoder_manifest(const EncoderConfig& config) {
  bundle::Manifest manifest;
  manifest.name = "random";
  manifest.version = "1";
  manifest.created = "2026-01-01";
  manifest.languages = {"zh"};
  manifest.license = "CC0";
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < config.outputs; ++i) labels.push_back("label" + std::to_string(i));
  if (config.outputs == 3) labels = {"positive", "neutral", "negative"};
  manifest.tasks = {{"overall", bundle::TaskKind::overall, labels}};
  manifest.features.normalizer_version = 1;
  manifest.experts = {encoder_expert(config)};
  manifest.provenance.set("program", "tenor test");
  return manifest;
}

inline std::vector<bundle::TensorSource> float_sources(const EncoderConfig& config, const FloatTensors& tensors) {
  std::vector<bundle::TensorSource> out;
  for (const EncoderTensor& tensor : encoder_tensors(config)) {
    out.push_back(bundle::tensor_source(tensor.name, tensor.shape, tensors.at(tensor.name)));
  }
  return out;
}

// An open bundle whose files live in the object.
class EncoderBundle {
 public:
  EncoderBundle(const EncoderConfig& config, const FloatTensors& tensors)
      : EncoderBundle(config, float_sources(config, tensors)) {}
  EncoderBundle(const EncoderConfig& config, std::vector<bundle::TensorSource> sources) {
    bundle::BundleWriter writer(encoder_manifest(config));
    auto status = writer.add_tensors("encoder.safetensors", std::move(sources));
    if (status) status = writer.add_file("MODEL_CARD.md", "# random\n");
    if (!status) throw std::runtime_error(status.error().message);
    files_ = writer.build().value();
    std::vector<bundle::EmbeddedFile> embedded;
    for (const auto& [name, content] : files_) embedded.push_back({name, std::as_bytes(std::span(content))});
    bundle_.push_back(bundle::Bundle::open(embedded, "random").value());
  }

  const bundle::Bundle& bundle() const { return bundle_.front(); }
  Result<Encoder> open(const EncoderOptions& options) const {
    return Encoder::open(bundle(), bundle().manifest().experts.front(), options);
  }

 private:
  std::map<std::string, std::string> files_;
  std::vector<bundle::Bundle> bundle_;
};

struct RandomBatch {
  RandomBatch(const EncoderConfig& config, const std::vector<std::size_t>& lengths, unsigned seed) : begins{0} {
    std::mt19937 random(seed);
    for (const std::size_t length : lengths) {
      for (std::size_t i = 0; i < length; ++i) ids.push_back(static_cast<std::int32_t>(random() % config.vocabulary));
      begins.push_back(static_cast<std::uint32_t>(ids.size()));
    }
  }
  TokenBatch view() const { return {ids, begins}; }

  std::vector<std::int32_t> ids;
  std::vector<std::uint32_t> begins;
};

// The logits of one text in double arithmetic, written for reading.
class ReferenceEncoder {
 public:
  ReferenceEncoder(const EncoderConfig& config, const FloatTensors& tensors) : config_(config), tensors_(tensors) {}

  std::vector<double> logits(std::span<const std::int32_t> ids) const {
    Matrix x;
    for (std::size_t p = 0; p < ids.size(); ++p) {
      std::vector<double> row(config_.hidden);
      for (std::size_t h = 0; h < config_.hidden; ++h) {
        row[h] = at("embeddings.word", static_cast<std::size_t>(ids[p]), h) +
                 at("embeddings.position", p + config_.position_offset, h) +
                 (config_.types > 0 ? at("embeddings.type", 0, h) : 0);
      }
      x.push_back(row);
    }
    normalise(x, "embeddings.norm");
    for (std::size_t layer = 0; layer < config_.layers; ++layer) {
      const std::string prefix = layer_prefix(config_, layer);
      x = sum(x, dense(attention(dense(x, prefix + "qkv")), prefix + "attention"));
      normalise(x, prefix + "attention_norm");
      Matrix inner = dense(x, prefix + "up");
      for (auto& row : inner) {
        for (double& value : row) value = activate(value);
      }
      x = sum(x, dense(inner, prefix + "down"));
      normalise(x, prefix + "output_norm");
    }
    if (config_.pooling == Pooling::queries) return grouped(x);
    Matrix first = {x.front()};
    if (config_.pooler != Pooler::none) {
      first = dense(first, "pooler");
      for (double& v : first[0]) v = config_.pooler == Pooler::tanh ? std::tanh(v) : std::max(v, 0.0);
    }
    return dense(first, "head")[0];
  }

 private:
  using Matrix = std::vector<std::vector<double>>;

  double at(const std::string& name, std::size_t row, std::size_t column) const {
    return tensors_.at(name)[row * config_.hidden + column];
  }
  // A text's states -> a weighted mean of them a group -> the group's rows of the head.
  std::vector<double> grouped(const Matrix& states) const {
    std::vector<double> out;
    for (std::size_t g = 0; g < config_.group_outputs.size(); ++g) {
      Matrix pooled(1, std::vector<double>(config_.hidden));
      double total = 0;
      for (const auto& state : states) {
        double dot = 0;
        for (std::size_t h = 0; h < config_.hidden; ++h) dot += at(kPoolingQueries, g, h) * state[h];
        const double weight = std::exp(dot / std::sqrt(static_cast<double>(config_.hidden)));
        total += weight;
        for (std::size_t h = 0; h < config_.hidden; ++h) pooled[0][h] += weight * state[h];
      }
      for (double& value : pooled[0]) value /= total;
      const auto all = dense(pooled, "head")[0];
      for (std::size_t row = 0; row < config_.group_outputs[g]; ++row) out.push_back(all[out.size()]);
    }
    return out;
  }
  Matrix dense(const Matrix& x, const std::string& name) const {
    const auto& weights = tensors_.at(name + ".weight");
    const auto& bias = tensors_.at(name + ".bias");
    Matrix out(x.size(), std::vector<double>(bias.size()));
    for (std::size_t r = 0; r < x.size(); ++r) {
      for (std::size_t o = 0; o < bias.size(); ++o) {
        double total = bias[o];
        for (std::size_t i = 0; i < x[r].size(); ++i) total += x[r][i] * double{weights[o * x[r].size() + i]};
        out[r][o] = total;
      }
    }
    return out;
  }
  void normalise(Matrix& x, const std::string& name) const {
    const auto& weight = tensors_.at(name + ".weight");
    const auto& bias = tensors_.at(name + ".bias");
    for (auto& row : x) {
      double mean = 0, variance = 0;
      const auto n = static_cast<double>(row.size());
      for (const double v : row) mean += v / n;
      for (const double v : row) variance += (v - mean) * (v - mean) / n;
      for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] =
            (row[i] - mean) / std::sqrt(variance + config_.layer_norm_epsilon) * double{weight[i]} + double{bias[i]};
      }
    }
  }
  Matrix attention(const Matrix& qkv) const {
    const std::size_t size = config_.head_size(), hidden = config_.hidden;
    Matrix out(qkv.size(), std::vector<double>(hidden));
    for (std::size_t head = 0; head < config_.heads; ++head) {
      for (std::size_t q = 0; q < qkv.size(); ++q) {
        std::vector<double> weights(qkv.size());
        double total = 0;
        for (std::size_t k = 0; k < qkv.size(); ++k) {
          double dot = 0;
          for (std::size_t d = 0; d < size; ++d) {
            dot += qkv[q][head * size + d] * qkv[k][hidden + head * size + d];
          }
          weights[k] = std::exp(dot / std::sqrt(static_cast<double>(size)));
          total += weights[k];
        }
        for (std::size_t k = 0; k < qkv.size(); ++k) {
          for (std::size_t d = 0; d < size; ++d) {
            out[q][head * size + d] += weights[k] / total * qkv[k][2 * hidden + head * size + d];
          }
        }
      }
    }
    return out;
  }
  static Matrix sum(Matrix a, const Matrix& b) {
    for (std::size_t r = 0; r < a.size(); ++r) {
      for (std::size_t i = 0; i < a[r].size(); ++i) a[r][i] += b[r][i];
    }
    return a;
  }
  double activate(double x) const {
    switch (config_.activation) {
      case Activation::gelu:
        return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
      case Activation::gelu_tanh:
        return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
      case Activation::relu:
        return std::max(x, 0.0);
    }
    return x;
  }

  EncoderConfig config_;
  FloatTensors tensors_;
};

}  // namespace tenor::experts::testing
