#include "rollout/plan.h"

#include <cstdio>
#include <set>
#include <string_view>

#include "base/json_writer.h"
#include "base/siphash.h"

namespace tenor::rollout {

std::vector<std::string> Plan::arm_names() const {
  std::vector<std::string> names = {live};
  for (const WeightedArm& arm : arms) names.push_back(arm.name);
  if (canary) names.push_back(*canary);
  names.insert(names.end(), shadows.begin(), shadows.end());
  return names;
}

const char* to_string(Role role) {
  switch (role) {
    case Role::live:
      return "live";
    case Role::arm:
      return "arm";
    case Role::canary:
      return "canary";
    case Role::shadow:
      return "shadow";
  }
  return "";
}

Status check(const Plan& plan) {
  if (plan.name.empty()) return fail(ErrorCode::invalid_argument, "name: expected a name for this rollout");
  std::set<std::string> seen;
  for (const std::string& name : plan.arm_names()) {
    if (name.empty()) return fail(ErrorCode::invalid_argument, "expected the name of a model in every arm");
    if (!seen.insert(name).second) {
      return fail(ErrorCode::invalid_argument, "'" + name + "' is there twice; a model can be one arm only");
    }
  }
  if (seen.size() > kMaxArms) {
    return fail(ErrorCode::limit,
                "expected at most " + std::to_string(kMaxArms) + " models, found " + std::to_string(seen.size()));
  }
  double sum = 0;
  for (const WeightedArm& arm : plan.arms) {
    if (!(arm.weight >= 0 && arm.weight <= 1)) {
      return fail(ErrorCode::invalid_argument, "arms: expected a weight between 0 and 1 for '" + arm.name +
                                                   "', found " + std::to_string(arm.weight));
    }
    sum += arm.weight;
  }
  if (sum > 1) {
    return fail(ErrorCode::invalid_argument, "arms: expected weights of at most 1 together, found " +
                                                 std::to_string(sum) + "; the live model takes the rest");
  }
  return plan.canary ? check(plan.stages) : Status();
}

std::string fingerprint(const Plan& plan) {
  std::string text;
  JsonWriter json(text);
  json.begin_array().value(plan.name);
  for (const std::string& name : plan.arm_names()) json.value(name);
  json.value(plan.canary.has_value());
  for (const WeightedArm& arm : plan.arms) json.value(arm.weight, 9);
  for (const double share : plan.stages.stages) json.value(share, 9);
  const GuardSettings& guard = plan.stages.guard;
  for (const double number : {guard.false_alarm, guard.miss, guard.error_effect, guard.latency_effect,
                              guard.abstention_effect, guard.label_effect, guard.accuracy_effect}) {
    json.value(number, 9);
  }
  json.value(to_string(guard.feedback)).value(guard.min_samples).end_array();
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(siphash128({}, text).low));
  return digits;
}

}  // namespace tenor::rollout
