// Models with an encoder of random weights, for tests.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/bundle_writer.h"
#include "engine/test_support.h"
#include "experts/encoder_test_support.h"
#include "experts/tokenizer_settings.h"
#include "text/normalizer.h"

namespace tenor::engine::testing {

inline constexpr std::string_view kVocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n好\n差\n味\n位\n道\n很\n不\n";

inline experts::EncoderConfig encoder_config(std::size_t outputs) {
  experts::EncoderConfig config;
  config.vocabulary = 12;
  config.hidden = 24;
  config.layers = 2;
  config.heads = 2;
  config.ffn = 40;
  config.positions = 16;
  config.types = 2;
  config.outputs = outputs;
  return config;
}

inline bundle::Expert encoder_expert(const experts::EncoderConfig& config, std::vector<std::string> tasks) {
  bundle::Expert expert = experts::testing::encoder_expert(config);
  expert.tasks = std::move(tasks);
  experts::TokenizerSettings tokenizer;
  tokenizer.max_tokens = 16;
  expert.settings.set("tokenizer", experts::write_tokenizer_settings(tokenizer));
  return expert;
}

// Written to a folder that is gone again when this returns.
inline bundle::Bundle published_encoder(bundle::Manifest manifest, const experts::EncoderConfig& config,
                                        unsigned seed = 21, std::string_view vocabulary = kVocabulary) {
  bundle::BundleWriter writer(std::move(manifest));
  const auto tensors = experts::testing::random_encoder_tensors(config, seed);
  EXPECT_TRUE(writer.add_tensors("encoder.safetensors", experts::testing::float_sources(config, tensors)));
  EXPECT_TRUE(writer.add_file("vocab.txt", std::string(vocabulary)));
  EXPECT_TRUE(writer.add_file("MODEL_CARD.md", "# encoder\n"));
  std::string folder = (std::filesystem::temp_directory_path() / "tenor-encoder-model-XXXXXX").string();
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  const Status status = writer.publish(folder + "/model");
  EXPECT_TRUE(status) << status.error().message;
  auto bundle = bundle::Bundle::open(folder + "/model");
  std::filesystem::remove_all(folder);
  return bundle.value();
}

inline bundle::Manifest encoder_manifest(const experts::EncoderConfig& config, std::vector<bundle::Task> tasks) {
  bundle::Manifest manifest = experts::testing::encoder_manifest(config);
  manifest.features.normalizer_version = text::kNormalizerVersion;
  std::vector<std::string> names;
  for (const bundle::Task& task : tasks) names.push_back(task.name);
  manifest.tasks = std::move(tasks);
  manifest.experts = {encoder_expert(config, std::move(names))};
  return manifest;
}

// One that answers the overall task alone.
inline bundle::Bundle encoder_bundle(const std::function<void(bundle::Expert&)>& edit = nullptr,
                                     std::size_t outputs = 3) {
  const auto config = encoder_config(outputs);
  bundle::Manifest manifest = encoder_manifest(config, {overall_task()});
  if (edit) edit(manifest.experts.front());
  return published_encoder(manifest, config);
}

}  // namespace tenor::engine::testing
