// Small models, texts and objectives for the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <string>
#include <vector>

#include "base/file_system.h"
#include "bundle/test_support.h"
#include "learn/body_files.h"
#include "learn/encoder_forward.h"
#include "learn/finetuning.h"
#include "learn/grids.h"
#include "learn/loop_config.h"
#include "learn/objective.h"

namespace tenor::learn::testing {

// Special tokens, then ten characters of which texts are made.
inline constexpr const char* kToyVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n好\n棒\n坏\n差\n平\n常\n菜\n店\n人\n的\n";
inline constexpr std::size_t kToyTokens = 15;

inline experts::EncoderConfig toy_config(std::size_t layers = 2, std::size_t hidden = 16) {
  ShapeConfig shape;
  shape.hidden = hidden;
  shape.layers = layers;
  shape.heads = 2;
  shape.ffn = 2 * hidden;
  shape.positions = 32;
  return *encoder_config(shape, kToyTokens);
}

// Weights eight times as large as a fresh model's: attention that prefers some tokens, as a trained one's does.
inline void sharpen(const Parameters& parameters) {
  torch::NoGradGuard guard;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters.tensors()[i].dim() > 1) parameters.tensors()[i].mul_(8);
  }
}

inline Parameters toy_parameters(const experts::EncoderConfig& config, std::uint64_t seed = 7) {
  Parameters out;
  add_initialised(encoder_shapes(config), seed, out);
  sharpen(out);
  return out;
}

inline TokenGrid toy_grid(const std::vector<std::vector<std::uint16_t>>& texts) {
  std::vector<std::span<const std::uint16_t>> views(texts.begin(), texts.end());
  return to_device(make_grid(views, 0), torch::kCPU);
}

// Linear regression whose answer is the identity. Micro-batches are drawn from `random` alone.
class ToyObjective final : public Objective {
 public:
  explicit ToyObjective(std::size_t batches = 5) : batches_(batches) {}
  std::size_t micro_batches(std::uint64_t) const override { return batches_; }
  void begin_epoch(std::uint64_t) override {}
  MicroBatchLoss loss(const Parameters& parameters, std::uint64_t, std::size_t, Random& random) const override {
    torch::Tensor inputs = torch::empty({8, 6});
    float* values = inputs.data_ptr<float>();
    for (int i = 0; i < inputs.numel(); ++i) values[i] = static_cast<float>(2 * random.uniform() - 1);
    const torch::Tensor outputs = torch::linear(inputs, parameters.at("w.weight"), parameters.at("w.bias"));
    MicroBatchLoss out;
    out.loss = (outputs - inputs).pow(2).mean();
    out.tokens = 8;
    out.metrics["squares"] = {out.loss.item<double>(), 1};
    return out;
  }
  static Parameters parameters() {
    Parameters out;
    const std::vector<ParameterShape> shapes = {{"w.weight", {6, 6}}, {"w.bias", {6}}};
    add_initialised(shapes, 3, out);
    return out;
  }

 private:
  std::size_t batches_;
};

inline void expect_equal(const Parameters& a, const Parameters& b) {
  ASSERT_EQ(a.names(), b.names());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_TRUE(torch::equal(a.tensors()[i], b.tensors()[i])) << a.names()[i];
  }
}

// vocab.txt, encoder.json and encoder.safetensors in `folder`.
inline void write_toy_body(const std::string& folder, const experts::EncoderConfig& config, std::uint64_t seed = 7) {
  Parameters parameters;
  add_initialised(encoder_shapes(config), seed, parameters);
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(write_file_atomic(std::filesystem::path(folder) / kVocabularyFile, kToyVocabulary));
  ASSERT_TRUE(save_body(folder, config, parameters));
}

// Rows whose first characters tell their label, as JSON lines.
inline std::string toy_rows(std::size_t count, std::uint64_t seed) {
  static constexpr const char* kSigns[3][2] = {{"好", "棒"}, {"平", "常"}, {"坏", "差"}};
  static constexpr const char* kLabels[3] = {"positive", "neutral", "negative"};
  static constexpr const char* kFiller[4] = {"菜", "店", "人", "的"};
  Random random(seed);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = kSigns[i % 3][random.below(2)];
    for (std::uint64_t n = 6 + random.below(7); n > 0; --n) text += kFiller[random.below(4)];
    out += "{\"text\": \"" + text + "\", \"label\": \"" + kLabels[i % 3] + "\"}\n";
  }
  return out;
}

}  // namespace tenor::learn::testing
