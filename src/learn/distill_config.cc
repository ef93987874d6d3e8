#include "learn/distill_run.h"
#include "learn/space_fields.h"

namespace tenor::learn {

namespace {

using config::yaml_field;
using config::YamlField;

std::optional<DistillStage> parse_stage(std::string_view name) {
  if (name == "general") return DistillStage::general;
  if (name == "task") return DistillStage::task;
  return std::nullopt;
}

std::vector<YamlField> config_fields(DistillConfig& config) {
  DistillationOptions& inside = config.inside;
  FinetuningOptions& answers = config.answers;
  return {
      yaml_field("name", "of the model", config.name),
      yaml_field("version", "(1.0.0)", config.version),
      yaml_field("description", "for the manifest", config.description),
      yaml_field("license", "for the manifest and model card; empty: the teacher's (empty)", config.license),
      yaml_field("languages", "zh, en; empty: the teacher's (empty)", config.languages),
      yaml_field("seed", "of everything random (42)", config.seed),
      config::yaml_choice<DistillStage>("stage",
                                        "general (a pretrained body teaches, on texts alone) or task (a fine-tuned "
                                        "model teaches) (task)",
                                        config.stage, parse_stage),
      yaml_field("teacher", "folder of a body (general) or of a model that tenor-train finetune left (task)",
                 config.teacher),
      yaml_field("student", "folder of the body to start from, with the teacher's vocabulary; empty: random weights",
                 config.student),
      nested_field("encoder", "the student's shape where it starts from random weights", shape_fields(config.shape)),
      yaml_field("max_tokens", "that are read of a text; 0: as many as the teacher reads, general: 128 (0)",
                 config.max_tokens),
      yaml_field("texts", "files of texts without labels, relative to --data", config.texts),
      yaml_field("texts_limit", "task: texts of them; 0: all (0)", config.texts_limit),
      spaces_field(config.spaces),
      yaml_field("embedding_weight", "of the squared difference of the embeddings (1)", inside.embedding_weight),
      yaml_field("hidden_weight", "of that of the states after each layer (1)", inside.hidden_weight),
      yaml_field("attention_weight", "of that of the attention scores; all three 0: predictions alone (1)",
                 inside.attention_weight),
      yaml_field("layer_map", "the teacher's layer, from 1, for each of the student's; empty: evenly spread (empty)",
                 inside.layer_map),
      yaml_field("dropout", "of the student (0.1)", answers.dropout),
      yaml_field("soft_weight", "share of the teacher's answers in the last step; the labels have the rest (1)",
                 answers.soft_weight),
      yaml_field("temperature", "of teacher and student in that part, which is scaled by its square (1)",
                 answers.temperature),
      yaml_field("aspect_weight", "of an aspect's loss beside the overall task's (1)", answers.aspect_weight),
      yaml_field("label_smoothing", "of the labels' part (0)", answers.label_smoothing),
      nested_field("intermediate", "the loop that learns embeddings, states and attention",
                   training_fields(config.intermediate)),
      nested_field("prediction", "task: the loop after it, that learns the answers",
                   training_fields(config.prediction))};
}

DistillConfig defaults() {
  DistillConfig config;
  config.answers.soft_weight = 1;
  config.answers.temperature = 1;
  return config;
}

Status check(const DistillConfig& config) {
  const auto refuse = [](const std::string& what) { return fail(ErrorCode::invalid_argument, what); };
  const DistillationOptions& inside = config.inside;
  if (config.name.empty()) return refuse("name: expected one");
  if (config.teacher.empty()) return refuse("teacher: expected a folder");
  if (!(inside.embedding_weight >= 0) || !(inside.hidden_weight >= 0) || !(inside.attention_weight >= 0)) {
    return refuse("embedding_weight, hidden_weight and attention_weight must not be negative");
  }
  if (!(config.answers.soft_weight >= 0) || config.answers.soft_weight > 1) return refuse("soft_weight must be 0 to 1");
  if (!(config.answers.temperature > 0)) return refuse("temperature must be above 0");
  if (!(config.answers.dropout >= 0) || config.answers.dropout >= 1) return refuse("dropout must be below 1");
  if (config.stage == DistillStage::general && config.texts.empty()) return refuse("texts: expected at least one file");
  if (config.stage == DistillStage::general && !config.spaces.empty()) {
    return refuse("spaces: the general stage knows no labels; list the files under texts");
  }
  if (config.spaces.empty() && config.texts.empty()) return refuse("expected spaces, texts, or both");
  if (!config.spaces.empty() && config.spaces.front().rows.aspects) {
    return refuse("spaces: expected a list whose first entry holds rows with an overall label");
  }
  if (config.max_tokens > 0 && config.max_tokens < 8) return refuse("max_tokens must be 0, or at least 8");
  if (auto status = validate(config.intermediate); !status) return fail(status.error(), "intermediate");
  if (auto status = validate(config.prediction); !status) return fail(status.error(), "prediction");
  if (!config.intermediate.loop.stop_metric.empty()) {
    return refuse("intermediate: there are no dev scores to stop by; stop_metric is for the prediction");
  }
  return {};
}

}  // namespace

std::string describe_distill_config() {
  DistillConfig config;
  return config::describe_fields(config_fields(config));
}

Result<DistillConfig> load_distill_config(const std::string& path) {
  const auto yaml = config::load_yaml(path);
  if (!yaml) return tl::unexpected(yaml.error());
  DistillConfig config = defaults();
  if (auto status = config::read_yaml(*yaml, config_fields(config), path); !status) {
    return tl::unexpected(status.error());
  }
  if (auto status = check(config); !status) return fail(status.error(), path);
  return config;
}

}  // namespace tenor::learn
