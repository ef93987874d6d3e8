#include "rollout/rollout.h"

#include <algorithm>
#include <utility>

#include "rollout/assignment.h"

namespace tenor::rollout {

Rollout::Rollout(Plan plan, std::optional<AuditLog> log, Restored restored, const Now& now)
    : plan_(std::move(plan)),
      names_(plan_.arm_names()),
      fingerprint_(fingerprint(plan_)),
      last_seconds_(now.seconds),
      log_(std::move(log)),
      unlogged_(restored.last_sequence) {
  double rest = 1;
  for (std::size_t i = 0; i < plan_.arms.size(); ++i) {
    weights_[i + 1] = plan_.arms[i].weight;
    rest -= plan_.arms[i].weight;
  }
  weights_[0] = std::max(0.0, rest);
  for (const std::string& name : names_) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->counts.name = name;
  }
  decisions_.assign(restored.decisions.begin(), restored.decisions.end());
  const std::lock_guard control(control_);
  if (restored.state && restored.state->plan == fingerprint_ && restored.state->arms.size() == slots_.size()) {
    start(restored);
    if (!restored.reason.empty()) decide({Move::weights, false, canary_, canary_, restored.reason}, {}, now);
  } else {
    const std::string usual = restored.state ? "another plan than before: counts begin anew" : "first start";
    const bool asked = !restored.reason.empty();
    decide({Move::start, !asked, {}, {}, asked ? restored.reason : usual}, {}, now);
  }
  publish_share();
  save_state(now);
}

void Rollout::start(const Restored& restored) {
  const State& state = *restored.state;
  canary_ = state.canary;
  canary_.stage = std::min(canary_.stage, plan_.stages.stages.size() - 1);
  stage_seconds_ = state.stage_seconds;
  double rest = 1;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i]->counts = state.arms[i];
    slots_[i]->counts.name = names_[i];
    if (role(i) != Role::arm) continue;
    weights_[i] = std::clamp(state.arms[i].weight, 0.0, 1.0);
    rest -= weights_[i];
  }
  weights_[0] = std::max(0.0, rest);
}

Role Rollout::role(std::size_t arm) const {
  if (arm == 0) return Role::live;
  if (arm <= plan_.arms.size()) return Role::arm;
  return plan_.canary && arm == plan_.arms.size() + 1 ? Role::canary : Role::shadow;
}

std::size_t Rollout::arm_for(std::string_view key) const {
  std::array<double, kMaxArms> weights{};
  const std::size_t arms = plan_.arms.size() + 1;
  for (std::size_t i = 0; i < arms; ++i) weights[i] = weights_[i].load(std::memory_order_relaxed);
  const double share = share_.load(std::memory_order_relaxed);
  const std::size_t arm = choose_arm(plan_.name, key, {share, std::span(weights).first(arms)});
  return arm == kCanary ? arms : arm;
}

void Rollout::record(std::size_t arm, const Outcome& outcome) {
  Slot& slot = *slots_[arm];
  const std::lock_guard lock(slot.mutex);
  slot.counts.stage.add(outcome);
  slot.counts.total.add(outcome);
}

void Rollout::record_feedback(std::size_t arm, bool right) {
  Slot& slot = *slots_[arm];
  const std::lock_guard lock(slot.mutex);
  slot.counts.stage.add_feedback(right);
  slot.counts.total.add_feedback(right);
}

void Rollout::record_shadow(std::size_t arm, bool agreed) {
  Slot& slot = *slots_[arm];
  const std::lock_guard lock(slot.mutex);
  slot.counts.disagreements.add(!agreed);
}

void Rollout::record_shadow_dropped(std::size_t arm) {
  Slot& slot = *slots_[arm];
  const std::lock_guard lock(slot.mutex);
  ++slot.counts.dropped;
}

void Rollout::record_shadow_failed(std::size_t arm) {
  Slot& slot = *slots_[arm];
  const std::lock_guard lock(slot.mutex);
  ++slot.counts.failed;
}

Status Rollout::tick(const Now& now) {
  const std::lock_guard control(control_);
  pass_time(now);
  if (plan_.canary) {
    const State state = snapshot();
    judgement_ = judge(plan_.stages.guard, plan_.stages.guarded_stages(), state.arms.front().stage,
                       state.arms[plan_.arms.size() + 1].stage);
    if (const auto decision = follow(plan_.stages, canary_, judgement_)) decide(*decision, judgement_.readings, now);
  }
  save_state(now);
  return log_status();
}

Status Rollout::ask(Move move, const std::string& reason, const Now& now) {
  const std::lock_guard control(control_);
  if (!plan_.canary)
    return fail(ErrorCode::invalid_argument, "this rollout has no canary to " + std::string(to_string(move)));
  const auto decision = request(plan_.stages, canary_, move, reason);
  if (!decision) return tl::unexpected(decision.error());
  pass_time(now);
  decide(*decision, judgement_.readings, now);
  save_state(now);
  return {};
}

Status Rollout::set_weights(const std::vector<WeightedArm>& weights, const std::string& reason, const Now& now) {
  const std::lock_guard control(control_);
  Plan changed = plan_;
  for (std::size_t i = 0; i < changed.arms.size(); ++i) changed.arms[i].weight = weights_[i + 1];
  std::string said = reason.empty() ? "weights:" : reason + ": weights";
  for (const WeightedArm& wanted : weights) {
    const auto arm = std::find_if(changed.arms.begin(), changed.arms.end(),
                                  [&](const WeightedArm& other) { return other.name == wanted.name; });
    if (arm == changed.arms.end()) {
      return fail(ErrorCode::invalid_argument, "'" + wanted.name + "' is no arm that has a weight");
    }
    arm->weight = wanted.weight;
    said += " " + wanted.name + " " + std::to_string(wanted.weight);
  }
  if (auto status = check(changed); !status) return status;
  double rest = 1;
  for (std::size_t i = 0; i < changed.arms.size(); ++i) {
    weights_[i + 1] = changed.arms[i].weight;
    rest -= changed.arms[i].weight;
  }
  weights_[0] = std::max(0.0, rest);
  pass_time(now);
  decide({Move::weights, false, canary_, canary_, said}, {}, now);
  save_state(now);
  return {};
}

void Rollout::pass_time(const Now& now) {
  stage_seconds_ += std::max(0.0, now.seconds - last_seconds_);
  last_seconds_ = now.seconds;
}

void Rollout::decide(const Decision& decision, const std::vector<Reading>& readings, const Now& now) {
  const bool other_stage = decision.before.stage != decision.after.stage || decision.move == Move::start;
  canary_ = decision.after;
  publish_share();
  if (other_stage) {
    stage_seconds_ = 0;
    for (const auto& slot : slots_) {
      const std::lock_guard lock(slot->mutex);
      slot->counts.stage = {};
    }
  }
  decisions_.push_back({log_ ? log_->next_sequence() : ++unlogged_, now.time, plan_.name, decision, readings});
  if (decisions_.size() > kShownDecisions) decisions_.pop_front();
  write(decision_line(decisions_.back()), AuditLog::Keep::yes);
}

void Rollout::save_state(const Now& now) {
  if (!log_) return;
  State state = snapshot();
  // Time alone is nothing new; lines that wait are tried again.
  State timeless = state;
  timeless.stage_seconds = saved_.stage_seconds;
  if (timeless == saved_ && log_->waiting() == 0) return;
  if (log_->is_full()) {
    if (auto status = log_->rotate(); !status) log_error_ = status.error();
  }
  if (write(state_line(log_->next_sequence(), now.time, state), AuditLog::Keep::no)) saved_ = std::move(state);
}

bool Rollout::write(std::string line, AuditLog::Keep keep) {
  if (!log_) return false;
  const auto status = log_->append(std::move(line), keep);
  log_error_ = status ? std::optional<Error>() : status.error();
  return status.has_value();
}

void Rollout::publish_share() {
  share_ = plan_.canary ? canary_share(plan_.stages, canary_) : 0;
}

State Rollout::snapshot() const {
  State state{plan_.name, fingerprint_, canary_, stage_seconds_, {}};
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::lock_guard lock(slots_[i]->mutex);
    state.arms.push_back(slots_[i]->counts);
    state.arms.back().weight = role(i) == Role::arm ? weights_[i].load() : 0;
  }
  return state;
}

Status Rollout::log_status() const {
  return log_error_ ? Status(tl::unexpected(*log_error_)) : Status();
}

Report Rollout::report() const {
  const std::lock_guard control(control_);
  Report report;
  report.plan = plan_;
  report.state = snapshot();
  report.canary_share = share_;
  for (std::size_t i = 0; i < slots_.size(); ++i) report.roles.push_back(role(i));
  report.judgement = judgement_;
  report.decisions.assign(decisions_.begin(), decisions_.end());
  if (log_) {
    report.log_failures = log_->failures();
    report.log_lost = log_->lost();
    report.log_waiting = log_->waiting();
    if (log_error_) report.log_error = log_error_->message;
  }
  return report;
}

Rollout::Handover Rollout::hand_over(const Now& now) {
  const std::lock_guard control(control_);
  pass_time(now);
  save_state(now);
  Handover handover{snapshot(), {decisions_.begin(), decisions_.end()}, std::nullopt};
  if (log_) handover.log.emplace(std::move(*log_));
  log_.reset();
  unlogged_ = decisions_.empty() ? 0 : decisions_.back().sequence;
  return handover;
}

}  // namespace tenor::rollout
