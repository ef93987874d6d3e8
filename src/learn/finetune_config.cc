#include "learn/finetune_run.h"
#include "learn/space_fields.h"

namespace tenor::learn {

namespace {

using config::yaml_field;
using config::YamlField;

std::vector<YamlField> config_fields(FinetuneConfig& config) {
  FinetuningOptions& objective = config.objective;
  return {
      yaml_field("name", "of the model", config.name),
      yaml_field("version", "(1.0.0)", config.version),
      yaml_field("description", "for the manifest", config.description),
      yaml_field("license", "for the manifest and model card", config.license),
      yaml_field("languages", "zh, en", config.languages),
      yaml_field("seed", "of everything random but the split (42)", config.seed),
      yaml_field("split_seed", "of the rows that two_class_dev_share holds out, as the linear training's seed (42)",
                 config.split_seed),
      yaml_field("body",
                 "folder of a pretrained encoder, see tenor-train pretrain, or of a bundle: FOLDER or FOLDER#EXPERT",
                 config.body),
      yaml_field("layers", "of the model; beyond the body's its layers are repeated; 0: as the body (0)",
                 config.layers),
      yaml_field("max_tokens", "that are read of a text, [CLS] and [SEP] included (128)", config.reading.max_tokens),
      yaml_field("head_share", "of the tokens read of a long text, from its beginning; the others from its end (0.25)",
                 config.reading.long_text.head_share),
      spaces_field(config.spaces),
      yaml_field("dropout", "of embeddings, sublayers and pooled states (0.1)", objective.dropout),
      yaml_field("aspect_weight", "of an aspect's loss beside the overall task's (1)", objective.aspect_weight),
      yaml_field("label_smoothing", "(0)", objective.label_smoothing),
      yaml_field("focal_gamma", "focal loss; 0: cross-entropy (0)", objective.focal_gamma),
      yaml_field("class_weights", "of the overall task's labels (all 1)", objective.class_weights),
      yaml_field("rdrop", "weight of R-Drop's divergence of two passes; 0: one pass (0)", objective.rdrop),
      yaml_field("mlm_weight", "of guessing masked tokens as well, falling to zero early in training (0)",
                 config.mlm_weight),
      yaml_field("mlm_share", "of the steps, over which it falls (0.3)", config.mlm_share),
      yaml_field("teachers", "bundles whose fused answers are learnt from as well", config.teachers),
      yaml_field("unlabelled", "files of texts that only the teachers label", config.unlabelled),
      yaml_field("unlabelled_limit", "texts of them; 0: all (0)", config.unlabelled_limit),
      yaml_field("teach_labelled", "the teachers answer for labelled rows, too, not for unlabelled texts alone (true)",
                 config.teach_labelled),
      yaml_field("soft_weight", "share of the teachers' part of the loss (0)", objective.soft_weight),
      yaml_field("temperature", "of that part (2)", objective.temperature),
      nested_field("training", "the loop", training_fields(config.training))};
}

}  // namespace

std::string describe_finetune_config() {
  FinetuneConfig config;
  return config::describe_fields(config_fields(config));
}

Result<FinetuneConfig> load_finetune_config(const std::string& path) {
  const auto yaml = config::load_yaml(path);
  if (!yaml) return tl::unexpected(yaml.error());
  FinetuneConfig config;
  config.settings = settings_of(*yaml);
  if (auto status = config::read_yaml(*yaml, config_fields(config), path); !status) {
    return tl::unexpected(status.error());
  }
  const auto refuse = [&](const std::string& what) { return fail(ErrorCode::invalid_argument, path + ": " + what); };
  if (config.name.empty()) return refuse("name: expected one");
  if (config.body.empty()) return refuse("body: expected the folder of a pretrained encoder");
  if (config.languages.empty()) return refuse("languages: expected at least one");
  if (config.spaces.empty() || config.spaces.front().rows.aspects) {
    return refuse("spaces: expected a list whose first entry holds rows with an overall label");
  }
  if (config.objective.soft_weight < 0 || config.objective.soft_weight > 1) {
    return refuse("soft_weight must be 0 to 1");
  }
  if ((config.objective.soft_weight > 0 || !config.unlabelled.empty()) && config.teachers.empty()) {
    return refuse("soft_weight and unlabelled texts need teachers");
  }
  if (!(config.objective.temperature > 0)) return refuse("temperature must be above 0");
  if (!(config.objective.dropout >= 0) || config.objective.dropout >= 1) return refuse("dropout must be below 1");
  if (!(config.mlm_weight >= 0)) return refuse("mlm_weight must not be negative");
  if (!(config.mlm_share >= 0) || config.mlm_share > 1) return refuse("mlm_share must be 0 to 1");
  if (auto status = validate(config.training); !status) return fail(status.error(), path);
  return config;
}

}  // namespace tenor::learn
