#include "http/model_choice.h"

#include <algorithm>

#include "text/excerpt.h"

namespace tenor::http {

namespace {

void add_once(std::vector<std::string>& list, std::string_view item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.emplace_back(item);
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text.append(text.empty() ? "" : ", ").append(item);
  return text;
}

void describe(ModelInfos models, ModelChoice& choice) {
  choice.labels = overall_labels(models);
  for (const auto* info : models) {
    for (const auto language : info->languages) add_once(choice.languages, to_string(language));
  }
  choice.platform = models.empty() ? "tenor" : "tenor_" + models.front()->precision;
}

Fault unknown_model(const NamedModels& models, std::string_view name) {
  std::vector<std::string> known{std::string(kAllModels)};
  for (const auto& arm : models.arms) add_once(known, arm);
  for (const auto* info : models.infos) add_once(known, info->name);
  return {FaultCode::not_found,
          "there is no model \"" + text::excerpt(name, 80) + "\" here; there are " + joined(known)};
}

std::optional<Fault> check_version(const ModelChoice& choice, std::string_view version) {
  if (version.empty()) return std::nullopt;
  const auto& versions = choice.versions;
  if (std::find(versions.begin(), versions.end(), version) == versions.end()) {
    const auto there = versions.empty() ? "it has no versions; leave /versions/… out" : "there is " + joined(versions);
    return Fault{FaultCode::not_found, "there is no version \"" + text::excerpt(version, 80) + "\" of model \"" +
                                           choice.name + "\" here; " + there};
  }
  if (versions.size() == 1) return std::nullopt;
  return Fault{FaultCode::conflict, "a rollout decides which of the versions " + joined(versions) + " of model \"" +
                                        choice.name + "\" answers; leave /versions/… out"};
}

}  // namespace

std::vector<std::string> overall_labels(ModelInfos models) {
  std::vector<std::string> labels;
  for (const auto* info : models) {
    for (const auto& task : info->tasks) {
      if (task.aspect) continue;
      for (const auto& label : task.labels) add_once(labels, label);
    }
  }
  return labels;
}

std::optional<Fault> choose_model(const NamedModels& models, std::string_view name, std::string_view version,
                                  ModelChoice& choice) {
  choice = {};
  choice.name = name.empty() ? kAllModels : name;
  std::vector<const engine::ModelInfo*> meant(models.infos.begin(), models.infos.end());
  const auto arm = std::find(models.arms.begin(), models.arms.end(), name);
  if (arm != models.arms.end()) {
    choice.all = false;
    choice.is_arm = true;
  } else {
    const auto named = [&](const engine::ModelInfo* info) { return info->name == name; };
    choice.all = std::none_of(meant.begin(), meant.end(), named);
    if (choice.all && choice.name != kAllModels) return unknown_model(models, name);
    if (!choice.all) meant.erase(std::stable_partition(meant.begin(), meant.end(), named), meant.end());
    for (const auto* info : choice.all ? ModelInfos() : ModelInfos(meant)) add_once(choice.versions, info->version);
  }
  describe(meant, choice);
  return check_version(choice, version);
}

}  // namespace tenor::http
