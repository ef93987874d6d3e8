#include "rollout/canary.h"

#include <algorithm>
#include <utility>

namespace tenor::rollout {

namespace {

Status within(const char* name, double value, double low, double high) {
  if (value > low && value < high) return {};
  return fail(ErrorCode::invalid_argument, std::string(name) + ": expected a number between " + std::to_string(low) +
                                               " and " + std::to_string(high) + ", found " + std::to_string(value));
}

Status check_effect(const char* name, double value) {
  return value == 0 ? Status() : within(name, value, 0, 1);
}

// One stage further, or done.
CanaryState next_state(const CanaryPlan& plan, CanaryState state) {
  ++state.stage;
  if (state.stage >= plan.stages.size() || plan.stages[state.stage] >= 1) {
    return {Phase::promoted, plan.stages.size() - 1};
  }
  return state;
}

bool is_done(const CanaryState& state) {
  return state.phase == Phase::promoted || state.phase == Phase::rolled_back;
}

bool allows(const CanaryState& state, Move move) {
  switch (move) {
    case Move::start:
    case Move::weights:
      return false;
    case Move::pause:
    case Move::advance:
      return state.phase == Phase::running;
    case Move::resume:
      return state.phase == Phase::paused;
    case Move::promote:
      return !is_done(state);
    case Move::roll_back:
      return state.phase != Phase::rolled_back;  // a promoted release as well
  }
  return false;
}

}  // namespace

std::size_t CanaryPlan::guarded_stages() const {
  return static_cast<std::size_t>(std::count_if(stages.begin(), stages.end(), [](double share) { return share < 1; }));
}

Status check(const CanaryPlan& plan) {
  if (plan.stages.empty()) return fail(ErrorCode::invalid_argument, "stages: expected at least one share of traffic");
  double before = 0;
  for (const double share : plan.stages) {
    if (!(share > before && share <= 1)) {
      return fail(ErrorCode::invalid_argument,
                  "stages: expected shares of traffic that ascend, above 0 and at most 1, found " +
                      std::to_string(share) + " after " + std::to_string(before));
    }
    before = share;
  }
  const GuardSettings& guard = plan.guard;
  if (auto status = within("false_alarm", guard.false_alarm, 0, 1); !status) return status;
  if (auto status = within("miss", guard.miss, 0, 1); !status) return status;
  if (auto status = check_effect("error_effect", guard.error_effect); !status) return status;
  if (auto status = check_effect("abstention_effect", guard.abstention_effect); !status) return status;
  if (auto status = check_effect("label_effect", guard.label_effect); !status) return status;
  if (auto status = check_effect("accuracy_effect", guard.accuracy_effect); !status) return status;
  return guard.latency_effect == 0 ? Status() : within("latency_effect", guard.latency_effect, 1, 1000);
}

const char* to_string(Phase phase) {
  switch (phase) {
    case Phase::running:
      return "running";
    case Phase::paused:
      return "paused";
    case Phase::promoted:
      return "promoted";
    case Phase::rolled_back:
      return "rolled_back";
  }
  return "";
}

std::optional<Phase> parse_phase(std::string_view name) {
  for (const Phase phase : {Phase::running, Phase::paused, Phase::promoted, Phase::rolled_back}) {
    if (name == to_string(phase)) return phase;
  }
  return std::nullopt;
}

const char* to_string(Move move) {
  switch (move) {
    case Move::start:
      return "start";
    case Move::advance:
      return "advance";
    case Move::promote:
      return "promote";
    case Move::roll_back:
      return "roll_back";
    case Move::pause:
      return "pause";
    case Move::resume:
      return "resume";
    case Move::weights:
      return "weights";
  }
  return "";
}

std::optional<Move> parse_move(std::string_view name) {
  for (const Move move :
       {Move::start, Move::advance, Move::promote, Move::roll_back, Move::pause, Move::resume, Move::weights}) {
    if (name == to_string(move)) return move;
  }
  return std::nullopt;
}

double canary_share(const CanaryPlan& plan, const CanaryState& state) {
  if (state.phase == Phase::promoted) return 1;
  if (state.phase == Phase::rolled_back) return 0;
  return plan.stages[std::min(state.stage, plan.stages.size() - 1)];
}

std::optional<Decision> follow(const CanaryPlan& plan, const CanaryState& state, const Judgement& judgement) {
  if (is_done(state)) return std::nullopt;
  if (judgement.advice == Advice::roll_back) {
    return Decision{Move::roll_back, true, state, {Phase::rolled_back, state.stage}, judgement.reason};
  }
  if (judgement.advice == Advice::hold || state.phase != Phase::running) return std::nullopt;
  const CanaryState after = next_state(plan, state);
  const Move move = after.phase == Phase::promoted ? Move::promote : Move::advance;
  return Decision{move, true, state, after, judgement.reason};
}

Result<Decision> request(const CanaryPlan& plan, const CanaryState& state, Move move, std::string reason) {
  if (!allows(state, move)) {
    return fail(ErrorCode::invalid_argument,
                std::string("a release that is ") + to_string(state.phase) + " cannot take '" + to_string(move) + "'");
  }
  CanaryState after = state;
  if (move == Move::advance) after = next_state(plan, state);
  if (move == Move::promote) after = {Phase::promoted, plan.stages.size() - 1};
  if (move == Move::roll_back) after.phase = Phase::rolled_back;
  if (move == Move::pause) after.phase = Phase::paused;
  if (move == Move::resume) after.phase = Phase::running;
  return Decision{move, false, state, after, std::move(reason)};
}

}  // namespace tenor::rollout
