// A checkpoint folder of Hugging Face or ModelScope -> a bundle with an encoder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle_writer.h"
#include "experts/encoder_config.h"

namespace tenor::import {

inline constexpr const char* kEncoderFile = "encoder.safetensors";

struct ImportOptions {
  std::filesystem::path folder;
  std::vector<std::string> languages;                      // "zh", "en"; empty: guessed from the vocabulary
  std::string name;                                        // of the model; empty: the folder's
  std::optional<std::size_t> max_tokens;                   // at most so many tokens are read, special ones included
  std::map<std::string, std::string> label_map;            // a label of the checkpoint -> positive, neutral or negative
  std::string command;                                     // how to make the bundle again, for its provenance
  std::function<void(std::size_t, std::size_t)> progress;  // tensors done, of how many; may be empty
};

struct ImportSummary {
  std::string architecture;  // "bert (BertForSequenceClassification)"
  experts::EncoderConfig encoder;
  std::string precision;  // "f32", "bf16", "f16"
  std::size_t parameters = 0;
  std::size_t max_tokens = 0;
  std::vector<std::string> languages;
  std::vector<std::string> labels;  // "negative <- 1 star, 2 stars"
  std::vector<std::string> notes;   // what was assumed or left out
};

struct ImportedBundle {
  bundle::BundleWriter writer;  // complete, with MODEL_CARD.md
  ImportSummary summary;
};

// Reads and checks everything; nothing is written. The same folder and options give the same bytes. Errors name the
// file, field or tensor: not_found, corrupt, unsupported, invalid_argument (labels without meaning, options), limit,
// io.
Result<ImportedBundle> import_encoder(const ImportOptions& options);

// Whether a bundle that import_encoder() wrote is whole: settings, tokenizer, and every tensor with its shape.
Status check_encoder_bundle(const bundle::Bundle& bundle);

}  // namespace tenor::import
