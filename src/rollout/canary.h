// The way of a release through its stages. A pure state machine: what the guard advises and what people ask for come
// in, decisions come out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rollout/guard.h"

namespace tenor::rollout {

struct CanaryPlan {
  std::vector<double> stages = {0.01, 0.05, 0.25, 1};  // shares of the traffic, ascending in (0, 1]
  GuardSettings guard;

  // Stages below 1: at 1 there is nothing left to compare with.
  std::size_t guarded_stages() const;
};

// Errors (invalid_argument): no stages, shares that do not ascend within (0, 1], error rates outside (0, 1), effects
// outside [0, 1), a latency factor of 1 or less that is not 0.
Status check(const CanaryPlan& plan);

enum class Phase : std::uint8_t { running, paused, promoted, rolled_back };
const char* to_string(Phase phase);
std::optional<Phase> parse_phase(std::string_view name);

struct CanaryState {
  Phase phase = Phase::running;
  std::size_t stage = 0;  // index into the plan's stages

  friend bool operator==(const CanaryState&, const CanaryState&) = default;
};

// Running and paused: the stage's share; promoted: 1; rolled back: 0.
double canary_share(const CanaryPlan& plan, const CanaryState& state);

// What becomes of the release, and who says so. `weights`: those of arms beside it were changed; the release stays.
enum class Move : std::uint8_t { start, advance, promote, roll_back, pause, resume, weights };
const char* to_string(Move move);
std::optional<Move> parse_move(std::string_view name);

struct Decision {
  Move move = Move::start;
  bool automatic = true;  // by the guard; else somebody asked for it
  CanaryState before;
  CanaryState after;
  std::string reason;
};

// What follows from the guard's judgement. Nothing: hold. A release that is paused or done stays as it is, but for a
// paused one that is harmful: that is rolled back.
std::optional<Decision> follow(const CanaryPlan& plan, const CanaryState& state, const Judgement& judgement);

// What somebody asks for: advance, promote, roll_back, pause, resume. Errors (invalid_argument): a move that the phase
// does not allow.
Result<Decision> request(const CanaryPlan& plan, const CanaryState& state, Move move, std::string reason);

}  // namespace tenor::rollout
