// The fields that every training of an encoder shares: shape, loop, batches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/yaml_fields.h"
#include "experts/encoder_config.h"
#include "learn/batch_plan.h"
#include "learn/train_loop.h"

namespace tenor::learn {

struct ShapeConfig {
  std::size_t hidden = 256;
  std::size_t layers = 6;
  std::size_t heads = 4;
  std::size_t ffn = 1024;
  std::size_t positions = 512;
  std::string activation = "gelu";
};

std::vector<config::YamlField> shape_fields(ShapeConfig& shape);
// Of the body; `outputs` is set by who adds a head. Errors: invalid_argument.
Result<experts::EncoderConfig> encoder_config(const ShapeConfig& shape, std::size_t vocabulary);

struct TrainingConfig {
  std::uint64_t steps = 0;  // 0: as many as `epochs` take
  double epochs = 1;
  std::uint64_t threads = 0;  // 0: one a core
  std::string precision = "auto";
  std::string device = "auto";
  bool checkpoint_layers = false;
  BatchOptions batches;
  LoopOptions loop;
};

std::vector<config::YamlField> training_fields(TrainingConfig& config);
// What fields say together. Errors: invalid_argument.
Status validate(const TrainingConfig& config);

// What of a configuration a checkpoint depends on, as text: everything but names, threads and how often things are
// written. The same for the same meaning, whatever the order of the fields.
std::string settings_of(const YAML::Node& config);

// A field whose value is a mapping read by other fields.
config::YamlField nested_field(std::string name, std::string help, std::vector<config::YamlField> fields);

// Of products. "auto": bf16 on CUDA and where the processor multiplies it, else f32. Error: invalid_argument.
Result<torch::ScalarType> choose_precision(const std::string& name, torch::Device device);
// "auto": CUDA where libtorch has it, else the CPU. Error: invalid_argument where there is no such device.
Result<torch::Device> choose_device(const std::string& name);

}  // namespace tenor::learn
