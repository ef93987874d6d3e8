// A pretrained encoder on disk: vocab.txt, encoder.json (its shape), encoder.safetensors (float32) and, where it has
// learnt by masked tokens, mlm.safetensors (what guessed them).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "experts/encoder_config.h"
#include "learn/parameters.h"
#include "text/tokenizer.h"

namespace tenor::learn {

inline constexpr const char* kVocabularyFile = "vocab.txt";

// The max_match tokenizer of a vocab.txt's contents.
Result<text::Tokenizer> body_tokenizer(std::string_view vocab_txt);

// [vocabulary]: 1 for tokens with "##".
std::vector<std::uint8_t> continuing_tokens(const text::Vocabulary& vocabulary);

// Writes the parameters that encoder_shapes() and, where they are there, mlm_head_shapes() name; vocab.txt is there
// already.
Status save_body(const std::string& folder, const experts::EncoderConfig& config, const Parameters& parameters);

// What a task of a bundle had learnt, to be gone on with.
struct LearntTask {
  std::string name;
  std::vector<std::string> labels;
  torch::Tensor query;   // [hidden]
  torch::Tensor weight;  // [labels, hidden]
  torch::Tensor bias;    // [labels]
};

struct Body {
  experts::EncoderConfig config;  // outputs: 1, no head
  std::string vocab_txt;
  Parameters parameters;
  Parameters mlm_head = {};            // empty where there is none
  std::vector<LearntTask> tasks = {};  // of a bundle whose tasks read by queries; else none
};
// From such a folder, or from a bundle with a max_match encoder: FOLDER#EXPERT, or its first one (int8 weights come
// back as floats). Errors: those of files and bundles; corrupt; unsupported (another tokenizer).
Result<Body> load_body(const std::string& source);

// The body's parameters with more layers: those beyond its own are copies of them in turn (stacking, Gong et al. 2019).
Parameters grown_layers(const Body& body, std::size_t layers);

}  // namespace tenor::learn
