// `tenor-train pretrain`: one YAML file in, a folder with an encoder's body out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/loop_config.h"
#include "learn/pretraining.h"
#include "learn/word_vectors.h"
#include "train/vocabulary_builder.h"

namespace tenor::learn {

struct PretrainConfig {
  std::string name;
  std::uint64_t seed = 42;
  std::vector<std::string> texts;  // files that data::for_each_text reads
  std::string vocabulary;          // a vocab.txt to use; empty: one is built from the texts
  train::VocabularyOptions vocabulary_options;
  CorpusOptions corpus;
  ShapeConfig shape;
  WordVectorOptions vectors;  // epochs 0: random embeddings
  std::string start;          // folder of a body to start from; empty: random weights
  PretrainingOptions objective;
  TrainingConfig training;
  std::string settings;  // settings_of() the file
};

// Errors (invalid_argument) name file, line and field.
Result<PretrainConfig> load_pretrain_config(const std::string& path);
std::string describe_pretrain_config();

struct RunContext {
  std::string data;  // folder that files are relative to
  std::string out;   // folder of the run: checkpoint, metrics.jsonl, vocab.txt, and the result
  std::function<void(const std::string&)> say;
  std::function<bool()> should_stop;
};

// Leaves vocab.txt, encoder.safetensors (the body, float32) and encoder.json (its shape) in context.out; goes on from
// a checkpoint there. False: stopped before the end, go on with the same command. Errors: of the configuration, files,
// training.
Result<bool> pretrain(const PretrainConfig& config, const RunContext& context);

}  // namespace tenor::learn
