#include "rollout/config_file.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "config/yaml_fields.h"

namespace tenor::rollout {

namespace {

using config::yaml_choice;
using config::yaml_field;
using config::YamlField;

constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

constexpr std::size_t kLongestArm = 129;  // two names of 64

// Names go into headers, metrics and file names.
Status check_name(const std::string& name) {
  if (!name.empty() && name.size() <= 64 && name.find_first_not_of(kNameCharacters) == std::string::npos) return {};
  return fail(ErrorCode::invalid_argument,
              "expected a name of 1 to 64 letters, digits, '.', '_' or '-', found '" + name + "'");
}

YamlField name_field(std::string name, std::string help, std::string& target) {
  return {std::move(name), std::move(help), [&target](const YAML::Node& node) -> Status {
            if (auto status = yaml_field("", "", target).read(node); !status) return status;
            return check_name(target);
          }};
}

// An arm: an entry of the file, or NAME or NAME@VERSION of the repository, whose names may have a '+'.
Status check_arm(const std::string& name) {
  const bool known = std::all_of(name.begin(), name.end(), [](char c) {
    return c == '@' || c == '+' || kNameCharacters.find(c) != std::string_view::npos;
  });
  if (known && !name.empty() && name.size() <= kLongestArm) return {};
  return fail(ErrorCode::invalid_argument,
              "expected the name of a model, or NAME@VERSION of the repository, found '" + name + "'");
}

YamlField arm_field(std::string name, std::string help, std::string& target) {
  return {std::move(name), std::move(help), [&target](const YAML::Node& node) -> Status {
            if (auto status = yaml_field("", "", target).read(node); !status) return status;
            return check_arm(target);
          }};
}

// A mapping inside a mapping; its fields are part of its help.
YamlField mapping_field(std::string name, std::string help, std::vector<YamlField> fields) {
  help += "; a mapping of:\n" + config::describe_fields(fields);
  return {std::move(name), std::move(help),
          [fields = std::move(fields)](const YAML::Node& node) { return config::read_yaml(node, fields, ""); }};
}

std::vector<YamlField> guard_fields(GuardSettings& guard) {
  return {
      yaml_field("false_alarm", "how often a release without harm may be rolled back, all in all (0.05)",
                 guard.false_alarm),
      yaml_field("miss", "how often a harm as stated below may pass a stage (0.05)", guard.miss),
      yaml_field("error_effect", "added to the share of requests that fail; 0: not judged (0.01)", guard.error_effect),
      yaml_field("latency_effect", "factor on the latency; 0: not judged (1.3)", guard.latency_effect),
      yaml_field("abstention_effect", "added to the share of uncertain answers; 0: not judged (0.05)",
                 guard.abstention_effect),
      yaml_field("label_effect", "moved into or out of the share of any label; 0: not judged (0.05)",
                 guard.label_effect),
      yaml_field("accuracy_effect", "taken from the share of answers that feedback confirms; 0: not judged (0.02)",
                 guard.accuracy_effect),
      yaml_choice<Feedback>("feedback",
                            "auto (a stage waits for it once 100 answers were labelled), required or off (auto)",
                            guard.feedback, parse_feedback),
      yaml_field("min_samples", "requests of the canary before a stage is passed (100)", guard.min_samples)};
}

YamlField arms_field(std::vector<WeightedArm>& arms) {
  return {"arms", "models that answer beside the live one, each with its share of what the canary leaves: a mapping",
          [&arms](const YAML::Node& node) -> Status {
            std::map<std::string, double> weights;
            if (auto status = yaml_field("", "", weights).read(node); !status) return status;
            if (weights.size() != node.size()) return fail(ErrorCode::invalid_argument, "a model is there twice");
            // In the order of the file, which numbers the arms.
            for (const auto& entry : node) arms.push_back({entry.first.Scalar(), entry.second.as<double>()});
            return {};
          }};
}

YamlField canary_field(std::optional<std::string>& canary) {
  return {"canary", "the model that is to take over from the live one, stage by stage",
          [&canary](const YAML::Node& node) { return arm_field("", "", canary.emplace()).read(node); }};
}

std::vector<YamlField> rollout_fields(RolloutSettings& settings) {
  Plan& plan = settings.plan;
  return {name_field("name", "of this rollout; another name deals the keys anew", plan.name),
          arm_field("live", "the model that answers where no other takes the text (the first of models)", plan.live),
          canary_field(plan.canary),
          yaml_field("stages", "shares of the traffic for the canary, ascending ([0.01, 0.05, 0.25, 1])",
                     plan.stages.stages),
          mapping_field("guard", "which harm rolls the canary back, and how sure that has to be",
                        guard_fields(plan.stages.guard)),
          arms_field(plan.arms),
          yaml_field("shadow", "models that score what the live one answers, to compare them: a list", plan.shadows),
          yaml_field("shadow_queue", "texts that may wait for shadows; more are dropped and counted (1000)",
                     settings.shadow_queue),
          yaml_field("audit", "file for every decision and its numbers, from which a restart goes on (none)",
                     settings.audit),
          yaml_field("audit_max_bytes", "of that file, before a new one begins (16777216)", settings.audit_max_bytes),
          yaml_field("judge_every_seconds", "between two looks of the guard, 0.1 to 3600 (5)",
                     settings.judge_every_seconds)};
}

std::vector<YamlField> model_fields(ModelEntry& model) {
  return {name_field("name", "by which arms, answers and metrics call it", model.name),
          yaml_field("bundles", "folders, one or more; none: the built-in models", model.bundles)};
}

YamlField models_field(std::vector<ModelEntry>& models) {
  ModelEntry described;
  return {"models", "what is loaded; a list of mappings of:\n" + config::describe_fields(model_fields(described)),
          [&models](const YAML::Node& node) -> Status {
            if (!node.IsSequence()) {
              return fail(ErrorCode::invalid_argument, "expected a list of mappings, found " + config::shown(node));
            }
            for (const auto& item : node) {
              if (auto status = config::read_yaml(item, model_fields(models.emplace_back()), ""); !status)
                return status;
            }
            return {};
          }};
}

Status read_flag(const YAML::Node& name, const YAML::Node& value, std::vector<FileFlag>& flags) {
  const std::string here = "line " + std::to_string(name.Mark().line + 1) + ": field '" + name.Scalar() + "'";
  const bool twice =
      std::any_of(flags.begin(), flags.end(), [&](const auto& flag) { return flag.name == name.Scalar(); });
  if (twice) return fail(ErrorCode::invalid_argument, here + " is there twice");
  FileFlag flag{name.Scalar(), {}, name.Mark().line + 1};
  if (value.IsScalar()) flag.values.push_back(value.Scalar());
  for (std::size_t i = 0; value.IsSequence() && i < value.size(); ++i) {
    if (value[i].IsScalar()) flag.values.push_back(value[i].Scalar());
  }
  const bool whole = value.IsScalar() || (value.IsSequence() && flag.values.size() == value.size());
  if (!whole) {
    return fail(ErrorCode::invalid_argument,
                here + ": expected a value or a list of values, found " + config::shown(value));
  }
  flags.push_back(std::move(flag));
  return {};
}

YamlField flags_field(std::vector<FileFlag>& flags) {
  return {"server", "flags of tenor serve that the command line does not give; a mapping, see below",
          [&flags](const YAML::Node& node) -> Status {
            if (!node.IsMap()) {
              return fail(ErrorCode::invalid_argument, "expected a mapping of flags, found " + config::shown(node));
            }
            for (const auto& entry : node) {
              if (auto status = read_flag(entry.first, entry.second, flags); !status) return status;
            }
            return {};
          }};
}

std::vector<YamlField> top_fields(ConfigFile& file, RolloutSettings& settings, bool& has_rollout) {
  YamlField rollout = mapping_field("rollout", "who answers what", rollout_fields(settings));
  rollout.read = [&has_rollout, read = std::move(rollout.read)](const YAML::Node& node) {
    has_rollout = true;
    return read(node);
  };
  return {
      yaml_field("repository", "folder NAME/VERSION of further models, which arms name as NAME or NAME@VERSION (none)",
                 file.repository),
      models_field(file.models), std::move(rollout), flags_field(file.flags)};
}

Status check_models(const std::vector<ModelEntry>& models, bool may_be_none) {
  if (models.empty() && !may_be_none) return fail(ErrorCode::invalid_argument, "models: expected at least one model");
  std::set<std::string> seen;
  for (const ModelEntry& model : models) {
    if (model.name.empty()) return fail(ErrorCode::invalid_argument, "models: expected a name for every model");
    if (!seen.insert(model.name).second) {
      return fail(ErrorCode::invalid_argument, "models: the name '" + model.name + "' is there twice");
    }
  }
  return {};
}

Status check_rollout(const ConfigFile& file) {
  const RolloutSettings& settings = *file.rollout;
  if (!(settings.judge_every_seconds >= 0.1 && settings.judge_every_seconds <= 3600)) {
    return fail(ErrorCode::invalid_argument, "judge_every_seconds: expected 0.1 to 3600");
  }
  if (settings.audit_max_bytes < 65536) {
    return fail(ErrorCode::invalid_argument,
                "audit_max_bytes: expected at least 65536, found " + std::to_string(settings.audit_max_bytes));
  }
  return check(settings.plan);
}

}  // namespace

Status complete_arms(ConfigFile& file) {
  Plan& plan = file.rollout->plan;
  if (plan.live.empty() && !file.models.empty()) plan.live = file.models.front().name;
  const auto arms = plan.arm_names();
  std::erase_if(file.models, [&arms](const ModelEntry& model) {
    return model.stored && std::find(arms.begin(), arms.end(), model.name) == arms.end();
  });
  std::string known;
  for (const ModelEntry& model : file.models) known += (known.empty() ? "" : ", ") + model.name;
  for (const std::string& name : arms) {
    const bool found = std::any_of(file.models.begin(), file.models.end(),
                                   [&](const ModelEntry& model) { return model.name == name; });
    if (found) continue;
    if (file.repository.empty()) {
      return fail(ErrorCode::invalid_argument,
                  "'" + name + "' is no name among models; there are " + known + ", and no repository that has more");
    }
    if (auto status = check_arm(name); !status) return status;
    file.models.push_back({name, {}, true});
  }
  return check_rollout(file);
}

Result<ConfigFile> load_config_file(const std::string& path) {
  const auto yaml = config::load_yaml(path);
  if (!yaml) return tl::unexpected(yaml.error());
  ConfigFile file;
  RolloutSettings settings;
  bool has_rollout = false;
  if (auto status = config::read_yaml(*yaml, top_fields(file, settings, has_rollout), path); !status) {
    return tl::unexpected(status.error());
  }
  if (auto status = check_models(file.models, has_rollout && !file.repository.empty()); !status)
    return fail(status.error(), path);
  if (!has_rollout) return file;
  file.rollout = std::move(settings);
  if (auto status = complete_arms(file); !status) {
    const int line = (*yaml)["rollout"].Mark().line + 1;
    return fail(status.error(), path + ", line " + std::to_string(line) + ": field 'rollout'");
  }
  return file;
}

std::string describe_config_file() {
  ConfigFile file;
  RolloutSettings settings;
  bool has_rollout = false;
  return config::describe_fields(top_fields(file, settings, has_rollout));
}

}  // namespace tenor::rollout
