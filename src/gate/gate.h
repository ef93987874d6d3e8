// The numbers of a bundle's gate: what it learned about its experts on rows that they did not train on, as gate.json
// holds it (docs/bundle-format.md).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/json_object.h"
#include "gate/features.h"
#include "gate/method.h"
#include "gate/pool.h"
#include "gate/recalibration.h"
#include "gate/route.h"
#include "gate/trees.h"

namespace tenor::gate {

inline constexpr const char* kGateFile = "gate.json";
inline constexpr const char* kGateDrawing = "gate.svg";  // of the curves, for the model card

// A task as the gate knows it.
struct GateTask {
  std::string name;
  bool aspect = false;
  std::vector<std::string> labels;
  std::vector<std::string> experts;  // that score it, in the manifest's order
};

// Experts that are asked together; the first stage is asked about every text.
struct Stage {
  std::vector<std::string> experts;
  StageCost cost;
};

// Weights that several tasks share: overall is a group of its own, aspects of the same experts and labels are another.
struct GroupNumbers {
  std::vector<std::string> experts, labels;
  std::vector<Pool> pools;  // [stages]: of the experts among so many stages; not fitted where there are none
  std::vector<float> gain;  // [stages - 1, gain features]
  // [stages - 1], of gain features: the logarithm of the gain, in place of those weights where there are any; or none.
  std::vector<Trees> gain_trees = {};

  friend bool operator==(const GroupNumbers&, const GroupNumbers&) = default;
};

struct TaskNumbers {
  std::size_t group = 0;
  std::optional<Stacking> stacking;
  std::vector<float> pool_bias;             // [stages, labels]
  std::vector<float> offsets;               // [stages, labels], for decide() by the bundle's method
  std::vector<float> gain_bias;             // [stages - 1]
  std::vector<Recalibration> calibrations;  // [stages]: of the answer where so many were asked; or none
  std::vector<float> thresholds;            // [stages, labels]: below, the answer is uncertain; empty: not fitted
};

struct Gate {
  Method method = Method::learned;
  double precision = 0.95;  // that answers which are not uncertain should reach
  std::vector<Stage> stages;
  DomainCue domain;
  std::vector<GroupNumbers> groups;
  std::vector<TaskNumbers> tasks;  // in the order of the bundle's
  Curve overall, aspects;          // for requests without aspects, and with all
  bundle::JsonObject report;       // cross-fitted scores, bins, selective accuracy: for people

  std::size_t features(const TaskNumbers& task) const {
    return feature_count(domain.domains.size(), groups[task.group].labels.size());
  }
  // Those and the answer's.
  std::size_t gain_feature_count(const GroupNumbers& group) const {
    return feature_count(domain.domains.size(), group.labels.size()) + answer_feature_count(group.labels.size());
  }
};

// How many of `experts` are asked in `stages`.
std::size_t experts_within(std::span<const Stage> stages, std::span<const std::string> experts);

// Expected gain of asking stage `step` + 1 about a task: of gain_feature_count() numbers told by what was said so far.
// 0 to 1.
float expected_gain(const Gate& gate, const TaskNumbers& task, std::size_t step, std::span<const float> features);

// Errors: unsupported (another format), corrupt (tasks, experts, counts, ranges that do not fit the bundle).
Result<Gate> read_gate(const bundle::JsonObject& json, std::span<const GateTask> tasks,
                       std::span<const std::string> experts);

// What read_gate() reads, floats with few digits.
bundle::JsonObject write_gate(const Gate& gate, std::span<const GateTask> tasks);

}  // namespace tenor::gate
