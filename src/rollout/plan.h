// What is rolled out to whom: the arms of one experiment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rollout/canary.h"

namespace tenor::rollout {

inline constexpr std::size_t kMaxArms = 8;  // the live model, arms, canary and shadows together

struct WeightedArm {
  std::string name;
  double weight = 0;  // share of the traffic that the canary leaves, in [0, 1]

  friend bool operator==(const WeightedArm&, const WeightedArm&) = default;
};

struct Plan {
  std::string name;  // of the experiment; salts the assignment: another name deals the keys anew
  std::string live;  // the model that answers whatever no arm takes
  std::optional<std::string> canary;
  CanaryPlan stages;                 // of the canary
  std::vector<WeightedArm> arms;     // that answer beside the live one: A/B
  std::vector<std::string> shadows;  // that score what the live one answers

  // The live arm first, then arms, canary, shadows: the order in which everything else numbers them.
  std::vector<std::string> arm_names() const;
};

enum class Role : std::uint8_t { live, arm, canary, shadow };
const char* to_string(Role role);

// Errors (invalid_argument): no name, an arm named twice or called like the live one, weights that leave the live arm
// less than nothing, a canary's plan that check(CanaryPlan) refuses.
Status check(const Plan& plan);

// What has to stay the same for counts of before to go on: hexadecimal, of everything above.
std::string fingerprint(const Plan& plan);

}  // namespace tenor::rollout
