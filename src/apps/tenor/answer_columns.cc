#include "apps/tenor/answer_columns.h"

#include <algorithm>

#include "apps/tenor/engine_choice.h"

namespace tenor::cli {

namespace {

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void add_missing(std::vector<std::string>& names, const std::string& name) {
  if (!contains(names, name)) names.push_back(name);
}

}  // namespace

AnswerColumns answer_columns(const engine::Engine& engine, const engine::Options& options) {
  std::vector<const engine::ModelInfo*> models = engine.models();
  if (options.language) {
    if (const engine::ModelInfo* only = model_for(engine, *options.language)) models = {only};
  }
  return answer_columns(models, options);
}

AnswerColumns answer_columns(std::span<const engine::ModelInfo* const> models, const engine::Options& options) {
  AnswerColumns columns{.labels = {},
                        .aspects = options.aspects,
                        .explain = options.explain,
                        .sentences = options.granularity == engine::Granularity::sentence};
  for (const std::string_view usual : {"positive", "neutral", "negative"}) {
    for (const engine::ModelInfo* model : models) {
      for (const engine::TaskInfo& task : model->tasks) {
        if (!task.aspect && contains(task.labels, usual)) add_missing(columns.labels, std::string(usual));
      }
    }
  }
  for (const engine::ModelInfo* model : models) {
    for (const engine::TaskInfo& task : model->tasks) {
      if (task.aspect && options.all_aspects) add_missing(columns.aspects, task.name);
      if (task.aspect) continue;
      for (const std::string& label : task.labels) add_missing(columns.labels, label);
    }
  }
  return columns;
}

std::string free_name(std::string_view wanted, std::span<const std::string> taken) {
  std::string name(wanted);
  if (!contains(taken, name)) return name;
  name.insert(0, "tenor_");
  const std::string stem = name;
  for (int i = 2; contains(taken, name); ++i) name = stem + "_" + std::to_string(i);
  return name;
}

}  // namespace tenor::cli
