#include "rollout/change.h"

#include <algorithm>
#include <optional>

namespace tenor::rollout {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const ModelEntry* find_model(const ConfigFile& file, const std::string& name) {
  const auto found =
      std::find_if(file.models.begin(), file.models.end(), [&](const ModelEntry& model) { return model.name == name; });
  return found == file.models.end() ? nullptr : &*found;
}

bool same_model(const ConfigFile& before, const ConfigFile& after, const std::string& name) {
  const auto* old = find_model(before, name);
  const auto* next = find_model(after, name);
  return old != nullptr && next != nullptr && old->bundles == next->bundles;
}

std::optional<Role> role_of(const Plan& plan, const std::string& name) {
  if (name == plan.live) return Role::live;
  if (plan.canary == name) return Role::canary;
  if (contains(plan.shadows, name)) return Role::shadow;
  const bool is_arm =
      std::any_of(plan.arms.begin(), plan.arms.end(), [&](const auto& arm) { return arm.name == name; });
  return is_arm ? std::optional(Role::arm) : std::nullopt;
}

double weight_of(const Plan& plan, const std::string& name) {
  for (const WeightedArm& arm : plan.arms) {
    if (arm.name == name) return arm.weight;
  }
  return 0;
}

void compare_models(const ConfigFile& before, const ConfigFile& after, Change& change) {
  const auto used = before.rollout->plan.arm_names();
  for (const std::string& name : after.rollout->plan.arm_names()) {
    if (contains(used, name) && same_model(before, after, name)) continue;
    change.other_models.push_back(name);
    // One that is new in the plan is told by the field that names it.
    if (contains(used, name)) change.applied.push_back("models." + name);
  }
}

void compare_plans(const Plan& before, const Plan& after, Change& change) {
  const auto told = [&change](bool changed, const char* name) {
    if (changed) change.applied.push_back(std::string("rollout.") + name);
    return changed;
  };
  bool canary = told(before.name != after.name, "name");
  canary |= told(before.live != after.live, "live");
  canary |= told(before.canary != after.canary, "canary");
  canary |= told(before.stages.stages != after.stages.stages, "stages");
  canary |= told(before.stages.guard != after.stages.guard, "guard");
  told(before.arms != after.arms, "arms");
  told(before.shadows != after.shadows, "shadow");
  change.keeps_canary = !canary;
}

}  // namespace

Change compare(const ConfigFile& before, const ConfigFile& after) {
  Change change;
  if (before.rollout.has_value() != after.rollout.has_value()) {
    change.needs_restart.emplace_back("rollout");
    return change;
  }
  if (!before.rollout) {
    if (before.models.front().bundles != after.models.front().bundles) change.needs_restart.emplace_back("models");
    return change;
  }
  const RolloutSettings& old = *before.rollout;
  const RolloutSettings& next = *after.rollout;
  compare_plans(old.plan, next.plan, change);
  compare_models(before, after, change);
  change.rebuild = !change.applied.empty();
  if (contains(change.other_models, next.plan.live) ||
      (next.plan.canary && contains(change.other_models, *next.plan.canary))) {
    change.keeps_canary = false;
  }
  if (old.judge_every_seconds != next.judge_every_seconds) change.applied.emplace_back("rollout.judge_every_seconds");
  if (old.shadow_queue != next.shadow_queue) change.applied.emplace_back("rollout.shadow_queue");
  // The log is written on, by the rollout of now or the next one.
  if (old.audit != next.audit) change.needs_restart.emplace_back("rollout.audit");
  if (old.audit_max_bytes != next.audit_max_bytes) change.needs_restart.emplace_back("rollout.audit_max_bytes");
  return change;
}

ConfigFile with_orders(const ConfigFile& last, const ConfigFile& next, const ConfigFile& now) {
  ConfigFile file = next;
  if (!next.rollout || !now.rollout || compare(last, next).rebuild) return file;
  file.repository = now.repository;
  file.models = now.models;
  file.rollout->plan = now.rollout->plan;
  return file;
}

State carry_over(const State& state, const Plan& before, const Plan& after,
                 const std::vector<std::string>& other_models) {
  State next{after.name, fingerprint(after), state.canary, state.stage_seconds, {}};
  for (const std::string& name : after.arm_names()) {
    ArmCounts counts;
    const auto old =
        std::find_if(state.arms.begin(), state.arms.end(), [&](const auto& arm) { return arm.name == name; });
    if (old != state.arms.end() && role_of(before, name) == role_of(after, name) && !contains(other_models, name)) {
      counts = *old;
    }
    counts.name = name;
    counts.weight = weight_of(after, name);
    next.arms.push_back(std::move(counts));
  }
  return next;
}

}  // namespace tenor::rollout
