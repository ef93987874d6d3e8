// What somebody orders of a rollout that runs, field by field.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rollout/plan.h"

namespace tenor::rollout {

// Fields that are absent stay as they are. Names of models as in the file.
struct PlanOrder {
  std::optional<std::string> name;
  std::optional<std::string> live;
  std::optional<std::string> canary;  // empty: none any more
  std::optional<std::vector<double>> stages;
  std::optional<std::vector<WeightedArm>> arms;
  std::optional<std::vector<std::string>> shadows;
};

inline Plan ordered(Plan plan, const PlanOrder& order) {
  if (order.name) plan.name = *order.name;
  if (order.live) plan.live = *order.live;
  if (order.canary) plan.canary = order.canary->empty() ? std::nullopt : order.canary;
  if (order.stages) plan.stages.stages = *order.stages;
  if (order.arms) plan.arms = *order.arms;
  if (order.shadows) plan.shadows = *order.shadows;
  return plan;
}

}  // namespace tenor::rollout
