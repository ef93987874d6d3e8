#include "serving/model_slot.h"

#include <utility>

namespace tenor::serving {

namespace {

class SlotSession final : public Session {
 public:
  explicit SlotSession(const ModelSlot& slot) : slot_(slot) {}

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
    if (session_) session_->rest();
    held_.reset();
  }

 private:
  Session& session() {
    auto [held, generation] = slot_.lease();
    if (generation != generation_) {
      before_ = tokenize_seconds();
      session_ = held->open_session();
      generation_ = generation;
    }
    held_ = std::move(held);
    return *session_;
  }

  const ModelSlot& slot_;
  std::unique_ptr<Session> session_;  // of the analyzer of `generation_`
  ModelSlot::Held held_;              // that analyzer, unless resting
  std::uint64_t generation_ = 0;
  double before_ = 0;  // seconds of the sessions before
};

}  // namespace

ModelSlot::Held ModelSlot::publish(Held next) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  return std::exchange(held_, std::move(next));
}

ModelSlot::Held ModelSlot::current() const {
  return lease().first;
}

std::pair<ModelSlot::Held, std::uint64_t> ModelSlot::lease() const {
  const std::lock_guard lock(mutex_);
  return {held_, generation_};
}

std::unique_ptr<Session> ModelSlot::open_session() const {
  return std::make_unique<SlotSession>(*this);
}

LoadedModels ModelSlot::models() const {
  auto held = current();
  auto models = held->models();
  models.owner = std::move(held);
  return models;
}

}  // namespace tenor::serving
