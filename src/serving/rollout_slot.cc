#include "serving/rollout_slot.h"

#include <utility>

namespace tenor::serving {

namespace {

class RolloutSession final : public Session {
 public:
  explicit RolloutSession(const RolloutSlot& slot) : slot_(slot) {}

  void take_arm(const Arm& arm) override {
    hold(arm.of ? arm.of : slot_.current());
    session_->take_arm(arm);
  }

  Status classify(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    return session().classify(text, options, verdict);
  }
  void classify_batch(std::span<const std::string_view> texts, const engine::Options& options,
                      std::span<engine::Verdict> verdicts, std::span<Status> statuses) override {
    session().classify_batch(texts, options, verdicts, statuses);
  }
  bool recall(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    return session().recall(text, options, verdict);
  }
  double tokenize_seconds() const override { return before_ + (session_ ? session_->tokenize_seconds() : 0); }
  void rest() override {
    if (session_ && held_) session_->rest();
    held_.reset();
  }

 private:
  Session& session() {
    if (!held_) hold(slot_.current());
    return *session_;
  }

  void hold(RolloutSlot::Held held) {
    // By owner and not by address: another rollout may lie where one was that is gone.
    const bool same = session_ && !opened_.owner_before(held) && !held.owner_before(opened_);
    if (!same) {
      before_ = tokenize_seconds();
      session_ = held->open_session();
      opened_ = held;
    }
    held_ = std::move(held);
  }

  const RolloutSlot& slot_;
  std::unique_ptr<Session> session_;           // of `opened_`
  std::weak_ptr<const ArmedAnalyzer> opened_;  // perhaps gone
  RolloutSlot::Held held_;                     // the same, unless resting
  double before_ = 0;                          // seconds of the sessions before
};

}  // namespace

RolloutSlot::Held RolloutSlot::publish(Held next) {
  const std::lock_guard lock(mutex_);
  return std::exchange(held_, std::move(next));
}

RolloutSlot::Held RolloutSlot::current() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

std::unique_ptr<Session> RolloutSlot::open_session() const {
  return std::make_unique<RolloutSession>(*this);
}

LoadedModels RolloutSlot::models() const {
  auto held = current();
  auto models = held->models();
  models.owner =
      std::make_shared<std::pair<Held, std::shared_ptr<const void>>>(std::move(held), std::move(models.owner));
  return models;
}

}  // namespace tenor::serving
