// Encoder bundles with a vocabulary, for tests of quantisation.
#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "bundle/bundle_writer.h"
#include "experts/encoder_test_support.h"
#include "experts/tokenizer_settings.h"

namespace tenor::compress::testing {

inline constexpr const char* kLetters = "abcdefghijklmnopqrstuvwxyz";

inline experts::EncoderConfig letters_config() {
  experts::EncoderConfig config;
  config.vocabulary = 31;
  config.hidden = 64;
  config.layers = 3;
  config.heads = 4;
  config.ffn = 128;
  config.positions = 40;
  config.types = 2;
  config.outputs = 3;
  return config;
}

// A published bundle held in memory, files and all.
class MemoryBundle {
 public:
  explicit MemoryBundle(std::map<std::string, std::string> files)
      : files_(std::make_unique<std::map<std::string, std::string>>(std::move(files))) {
    std::vector<bundle::EmbeddedFile> views;
    for (const auto& [name, content] : *files_) views.push_back({name, std::as_bytes(std::span(content))});
    bundle_.push_back(bundle::Bundle::open(views, "in memory").value());
  }
  const bundle::Bundle& bundle() const { return bundle_.front(); }
  const std::map<std::string, std::string>& files() const { return *files_; }
  experts::Encoder open(const experts::EncoderOptions& options = {}) const {
    return experts::Encoder::open(bundle(), bundle().manifest().experts.front(), options).value();
  }

 private:
  std::unique_ptr<std::map<std::string, std::string>> files_;
  std::vector<bundle::Bundle> bundle_;
};

inline MemoryBundle float_bundle(const experts::EncoderConfig& config, const experts::testing::FloatTensors& tensors) {
  bundle::Manifest manifest = experts::testing::encoder_manifest(config);
  experts::TokenizerSettings tokenizer;
  tokenizer.max_tokens = config.positions;
  manifest.experts.front().settings.set("tokenizer", experts::write_tokenizer_settings(tokenizer));
  std::string vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
  for (const char letter : std::string(kLetters)) vocabulary += std::string(1, letter) + "\n";
  bundle::BundleWriter writer(manifest);
  auto status = writer.add_tensors("encoder.safetensors", experts::testing::float_sources(config, tensors));
  if (status) status = writer.add_file("vocab.txt", vocabulary);
  if (status) status = writer.add_file("MODEL_CARD.md", "# letters\n");
  if (!status) throw std::runtime_error(status.error().message);
  return MemoryBundle(writer.build().value());
}

// A few channels of every normalisation are large, as in encoders trained long: what products read there is large, and
// what they do with it small.
inline experts::testing::FloatTensors tensors_with_outliers(const experts::EncoderConfig& config, unsigned seed) {
  auto tensors = experts::testing::random_encoder_tensors(config, seed);
  constexpr float kFactor = 40;
  for (auto& [name, values] : tensors) {
    const bool reads = name.ends_with("qkv.weight") || name.ends_with("up.weight");
    for (const std::size_t channel : {std::size_t{3}, std::size_t{17}}) {
      if (name.ends_with("norm.weight")) values[channel] *= kFactor;
      for (std::size_t i = channel; reads && i < values.size(); i += config.hidden) values[i] /= kFactor;
    }
  }
  return tensors;
}

inline std::vector<std::string> random_texts(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string& text = out.emplace_back();
    for (std::size_t words = 1 + random() % 30; words > 0; --words) {
      text += kLetters[random() % 26];
      text += ' ';
    }
  }
  return out;
}

}  // namespace tenor::compress::testing
