#include "learn/loop_config.h"

#include <torch/cuda.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "kernels/isa.h"

namespace tenor::learn {

namespace {

using config::yaml_choice;
using config::yaml_field;
using config::YamlField;

constexpr std::string_view kWithoutEffect[] = {"name",    "version",      "description", "license",
                                               "threads", "save_seconds", "log_seconds", "device",
                                               "seed",    "body",         "start",       "teachers"};

void append_settings(const YAML::Node& node, std::string& out) {
  if (node.IsMap()) {
    std::map<std::string, YAML::Node> sorted;
    for (const auto& entry : node) sorted[entry.first.Scalar()] = entry.second;
    for (const auto& [name, value] : sorted) {
      if (std::find(std::begin(kWithoutEffect), std::end(kWithoutEffect), name) != std::end(kWithoutEffect)) continue;
      out += name + "{";
      append_settings(value, out);
      out += "}";
    }
  } else if (node.IsSequence()) {
    for (const YAML::Node& entry : node) {
      out += "[";
      append_settings(entry, out);
      out += "]";
    }
  } else if (node.IsScalar()) {
    out += node.Scalar();
  }
}

}  // namespace

std::string settings_of(const YAML::Node& config) {
  std::string out;
  append_settings(config, out);
  return out;
}

YamlField nested_field(std::string name, std::string help, std::vector<YamlField> fields) {
  help += "; a mapping of:\n" + config::describe_fields(fields);
  return {std::move(name), std::move(help),
          [fields = std::move(fields)](const YAML::Node& node) { return config::read_yaml(node, fields, ""); }};
}

std::vector<YamlField> shape_fields(ShapeConfig& shape) {
  return {yaml_field("hidden", "width of the states; a multiple of heads (256)", shape.hidden),
          yaml_field("layers", "number of layers (6)", shape.layers),
          yaml_field("heads", "attention heads a layer (4)", shape.heads),
          yaml_field("ffn", "inner width of the feed-forward network (1024)", shape.ffn),
          yaml_field("positions", "longest sequence in tokens, [CLS] and [SEP] included (512)", shape.positions),
          yaml_field("activation", "gelu, gelu_tanh or relu (gelu)", shape.activation)};
}

Result<experts::EncoderConfig> encoder_config(const ShapeConfig& shape, std::size_t vocabulary) {
  experts::EncoderConfig config;
  config.vocabulary = vocabulary;
  config.hidden = shape.hidden;
  config.layers = shape.layers;
  config.heads = shape.heads;
  config.ffn = shape.ffn;
  config.positions = shape.positions;
  config.layer_norm_epsilon = 1e-5;
  config.pooler = experts::Pooler::none;
  config.outputs = 1;
  bool known = false;
  for (const auto activation : {experts::Activation::gelu, experts::Activation::gelu_tanh, experts::Activation::relu}) {
    if (shape.activation != experts::to_string(activation)) continue;
    config.activation = activation;
    known = true;
  }
  if (!known) {
    return fail(ErrorCode::invalid_argument,
                "activation: expected gelu, gelu_tanh or relu, found '" + shape.activation + "'");
  }
  if (auto status = experts::validate(config); !status) return tl::unexpected(status.error());
  return config;
}

std::vector<YamlField> training_fields(TrainingConfig& config) {
  LoopOptions& loop = config.loop;
  return {
      yaml_field("epochs", "passes over the training texts, unless steps are given (1)", config.epochs),
      yaml_field("steps", "updates of the weights; 0: what epochs take (0)", config.steps),
      yaml_field("micro_batches", "micro-batches of one step, whose gradients are averaged (4)", loop.micro_batches),
      yaml_field("batch_tokens", "tokens of a micro-batch, padding included (4096)", config.batches.tokens),
      yaml_field("batch_window", "texts that are grouped by length together (32768)", config.batches.window),
      yaml_field("threads", "micro-batches at once, one thread each; 0: one a core (0)", config.threads),
      yaml_field("precision",
                 "of products: bf16, fp16, f32, or auto: bf16 on CUDA and where the processor multiplies it, else f32; "
                 "sums and "
                 "weights stay float32 (auto)",
                 config.precision),
      yaml_field("device", "auto, cpu or cuda (auto)", config.device),
      yaml_field("checkpoint_layers", "layers are computed again by the backward pass: less memory, more time (false)",
                 config.checkpoint_layers),
      yaml_field("learning_rate", "peak of the learning rate (1e-4)", loop.schedule.peak),
      yaml_field("warmup", "share of the steps over which the rate rises (0.06)", loop.schedule.warmup),
      yaml_field("final_rate", "share of the peak that is left at the end (0)", loop.schedule.floor),
      yaml_choice<Decay>("decay", "constant, linear or cosine (linear)", loop.schedule.decay, parse_decay),
      yaml_field("layer_decay", "factor of the learning rate from a layer to the one below; 1: none (1)",
                 loop.layer_decay),
      yaml_field("beta1", "AdamW (0.9)", loop.adamw.beta1),
      yaml_field("beta2", "AdamW (0.98)", loop.adamw.beta2),
      yaml_field("epsilon", "AdamW (1e-6)", loop.adamw.epsilon),
      yaml_field("weight_decay", "AdamW, of matrices (0.01)", loop.adamw.weight_decay),
      yaml_field("clip", "largest norm of the gradients; 0: none (1)", loop.adamw.clip),
      yaml_field("average_from", "share of the steps after which weights are averaged; 1: never (1)",
                 loop.average_from),
      yaml_field("average_decay", "above 0: exponential moving average instead of the plain mean (0)",
                 loop.average_decay),
      yaml_field("evaluate_every", "steps between evaluations; 0: at the end alone (0)", loop.evaluate_every),
      yaml_field("stop_metric", "dev score that decides which weights are kept; empty: the last (empty)",
                 loop.stop_metric),
      yaml_field("patience", "evaluations without a better score before training ends; 0: never (0)", loop.patience),
      yaml_field("save_seconds", "between checkpoints (300)", loop.save_seconds),
      yaml_field("log_seconds", "between lines (10)", loop.log_seconds)};
}

Status validate(const TrainingConfig& config) {
  const LoopOptions& loop = config.loop;
  const auto refuse = [](const std::string& what) { return fail(ErrorCode::invalid_argument, what); };
  if (config.steps == 0 && !(config.epochs > 0)) return refuse("training: epochs or steps must be above 0");
  if (loop.micro_batches == 0) return refuse("training: micro_batches must be at least 1");
  if (config.batches.tokens < 16) return refuse("training: batch_tokens must be at least 16");
  if (config.batches.window == 0) return refuse("training: batch_window must be at least 1");
  if (!(loop.schedule.peak > 0)) return refuse("training: learning_rate must be above 0");
  if (!(loop.schedule.warmup >= 0) || loop.schedule.warmup > 1) return refuse("training: warmup must be 0 to 1");
  if (!(loop.schedule.floor >= 0) || loop.schedule.floor > 1) return refuse("training: final_rate must be 0 to 1");
  if (!(loop.layer_decay > 0) || loop.layer_decay > 1) return refuse("training: layer_decay must be above 0, up to 1");
  if (!(loop.average_from >= 0) || loop.average_from > 1) return refuse("training: average_from must be 0 to 1");
  if (!(loop.average_decay >= 0) || loop.average_decay >= 1) return refuse("training: average_decay must be below 1");
  if (loop.patience > 0 && loop.stop_metric.empty()) return refuse("training: patience needs a stop_metric");
  if (auto precision = choose_precision(config.precision, torch::kCPU); !precision) {
    return tl::unexpected(precision.error());
  }
  return {};
}

Result<torch::ScalarType> choose_precision(const std::string& name, torch::Device device) {
  if (name == "auto") {
    // Elsewhere libtorch multiplies bf16 in plain loops, thirty times slower than float32.
    const bool fast = device.is_cuda() || kernels::find_kernels(kernels::Isa::avx512_bf16) != nullptr;
    return fast ? torch::kBFloat16 : torch::kFloat;
  }
  if (name == "bf16") return torch::kBFloat16;
  if (name == "fp16") return torch::kHalf;
  if (name == "f32") return torch::kFloat;
  return fail(ErrorCode::invalid_argument, "precision: expected auto, bf16, fp16 or f32, found '" + name + "'");
}

Result<torch::Device> choose_device(const std::string& name) {
  if (name == "cpu") return torch::Device(torch::kCPU);
  if (name != "auto" && name != "cuda") {
    return fail(ErrorCode::invalid_argument, "device: expected auto, cpu or cuda, found '" + name + "'");
  }
  if (torch::cuda::is_available()) return torch::Device(torch::kCUDA);
  if (name == "auto") return torch::Device(torch::kCPU);
  return fail(ErrorCode::invalid_argument, "device: cuda was asked for, but this libtorch finds none; use auto or cpu");
}

}  // namespace tenor::learn
