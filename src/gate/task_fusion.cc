#include "gate/task_fusion.h"

#include <algorithm>
#include <cmath>

#include "gate/fusion.h"
#include "gate/json_numbers.h"

namespace tenor::gate {

namespace {

constexpr double kSumTolerance = 1e-3;  // weights are written with few digits
constexpr double kMostTemperature = 100, kMostOffset = 100;

Result<TaskFusion> read_task(const bundle::JsonObject& json, const ScoredTask& task) {
  TaskFusion out;
  auto weights = read_floats(json, "weights", task.experts, "expert that scores the task", 1e308);
  if (!weights) return tl::unexpected(weights.error());
  double sum = 0;
  for (const float weight : *weights) sum += weight;
  // Comparisons that are false for what is not a number.
  if (!(std::fabs(sum - 1) <= kSumTolerance) ||
      !std::all_of(weights->begin(), weights->end(), [](float weight) { return weight >= 0; })) {
    return fail(ErrorCode::corrupt, "weights must be at least 0 and add up to 1, found a sum of " + number_text(sum));
  }
  const auto temperature = json.number("temperature", 1.0);
  if (!temperature) return tl::unexpected(temperature.error());
  if (!(static_cast<float>(*temperature) > 0) || !(*temperature <= kMostTemperature)) {
    return fail(ErrorCode::corrupt, "temperature must be above 0 and at most " + number_text(kMostTemperature) +
                                        ", found " + number_text(*temperature));
  }
  out.offsets.assign(task.labels, 0.0f);
  if (json.has("offsets")) {
    auto offsets = read_floats(json, "offsets", task.labels, "label", kMostOffset);
    if (!offsets) return tl::unexpected(offsets.error());
    out.offsets = std::move(*offsets);
  }
  out.weights = std::move(*weights);
  out.temperature = static_cast<float>(*temperature);
  return out;
}

}  // namespace

void fuse(std::span<const float> distributions, const TaskFusion& fusion, std::span<float> fused) {
  const std::size_t labels = fused.size();
  std::fill(fused.begin(), fused.end(), 0.0f);
  for (std::size_t i = 0; i < distributions.size(); ++i) {
    fused[i % labels] += fusion.weights[i / labels] * distributions[i];
  }
  for (float& p : fused) p = std::log(std::max(p, 1e-30f)) / fusion.temperature;
  softmax(fused, fused);
}

Result<std::vector<std::optional<TaskFusion>>> read_task_fusions(const bundle::JsonObject& settings,
                                                                 std::span<const ScoredTask> tasks) {
  std::vector<std::optional<TaskFusion>> out(tasks.size());
  if (!settings.has("tasks")) return out;
  const auto all = settings.object("tasks");
  if (!all) return fail(all.error(), "fusion");
  for (const std::string& name : all->keys()) {
    const std::string where = "fusion of task '" + name + "'";
    const auto task = std::find_if(tasks.begin(), tasks.end(), [&](const ScoredTask& t) { return t.name == name; });
    if (task == tasks.end()) return fail(ErrorCode::corrupt, where + ": the bundle has no such task");
    const auto json = all->object(name);
    if (!json) return fail(json.error(), where);
    auto read = read_task(*json, *task);
    if (!read) return fail(read.error(), where);
    out[static_cast<std::size_t>(task - tasks.begin())] = std::move(*read);
  }
  return out;
}

void write_task_fusion(std::string_view task, const TaskFusion& fusion, bundle::JsonObject& settings) {
  bundle::JsonObject json;
  json.set("weights", shortest(fusion.weights))
      .set("temperature", shortest(fusion.temperature))
      .set("offsets", shortest(fusion.offsets));
  bundle::JsonObject tasks = settings.object("tasks").value_or(bundle::JsonObject());
  settings.set("tasks", tasks.set(task, json));
}

}  // namespace tenor::gate
