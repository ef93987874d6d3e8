// What changes where a server reads the file of its rollout again. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "rollout/config_file.h"
#include "rollout/record.h"

namespace tenor::rollout {

// Fields by their names in the file: "rollout.arms", "models.zh-2026-06".
struct Change {
  std::vector<std::string> applied;        // take effect while the server runs
  std::vector<std::string> needs_restart;  // do not
  // Another plan, or another model behind one of its names: a new Rollout has to take the old one's place.
  bool rebuild = false;
  // Where it has to: whether the canary goes on where it is, with what was counted. It does unless something changed
  // that says what is compared: the rollout's name, live, canary, stages, guard, or the bundles of these two models.
  bool keeps_canary = false;
  std::vector<std::string> other_models;  // arms of the new plan that are new, or whose bundles changed
};

Change compare(const ConfigFile& before, const ConfigFile& after);

// The file as it is to be carried out: `next`, which was `last` when it was read before, with the plan and the models
// of `now` where it asks for the same ones as then. What was ordered meanwhile stays until the file asks for something
// else.
ConfigFile with_orders(const ConfigFile& last, const ConfigFile& next, const ConfigFile& now);

// `state` of a rollout with the plan `before` as one with the plan `after` starts from it: counts of arms that have
// kept their role and their model (are not in `other_models`), weights as in the file.
State carry_over(const State& state, const Plan& before, const Plan& after,
                 const std::vector<std::string>& other_models);

}  // namespace tenor::rollout
