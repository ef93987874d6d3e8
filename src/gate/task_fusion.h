// How the experts' answers to one task become one, where that was fitted: the "fusion" of a bundle's manifest.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/json_object.h"

namespace tenor::gate {

// A linear opinion pool (Stone 1961), sharpened or flattened as one (Ranjan and Gneiting 2010: a pool of calibrated
// experts is too cautious).
struct TaskFusion {
  std::vector<float> weights;  // an expert that scores the task each, in the manifest's order; >= 0, their sum is 1
  float temperature = 1;       // > 0; above 1 it flattens
  std::vector<float> offsets;  // a label each, for decide()

  friend bool operator==(const TaskFusion&, const TaskFusion&) = default;
};

// softmax(log(sum_e weight_e p_e) / temperature); `distributions` is [experts, labels], row-major, and `fused`
// [labels].
void fuse(std::span<const float> distributions, const TaskFusion& fusion, std::span<float> fused);

struct ScoredTask {
  std::string_view name;
  std::size_t labels = 0;
  std::size_t experts = 0;  // that score it
};

// One for each of `tasks`, nothing where the settings have none. Error: corrupt (an unknown task; counts, numbers or
// ranges that make no sense).
Result<std::vector<std::optional<TaskFusion>>> read_task_fusions(const bundle::JsonObject& settings,
                                                                 std::span<const ScoredTask> tasks);

// Sets that of one task among the settings: what read_task_fusions() reads is equal.
void write_task_fusion(std::string_view task, const TaskFusion& fusion, bundle::JsonObject& settings);

}  // namespace tenor::gate
