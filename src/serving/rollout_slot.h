// The rollout of a server, which can be replaced by another one while threads score texts with it.
#pragma once

#include <memory>
#include <mutex>

#include "serving/analyzer.h"
#include "serving/armed_analyzer.h"

namespace tenor::serving {

// Answers as the rollout of a call's arm (Arm::of), which need not be the one that was published last: who was dealt an
// arm is answered by it. Thread-safe. A session that rests keeps no rollout alive. Does not open or check models.
class RolloutSlot final : public Analyzer {
 public:
  using Held = std::shared_ptr<const ArmedAnalyzer>;

  // `first` is not null.
  explicit RolloutSlot(Held first) : held_(std::move(first)) {}

  // Returns the one before. Whoever lets go of that one last destroys it, which waits for its shadows: see
  // held_by_others().
  Held publish(Held next);
  Held current() const;

  std::unique_ptr<Session> open_session() const override;
  Status check(const engine::Options& options) const override { return current()->check(options); }
  LoadedModels models() const override;

 private:
  mutable std::mutex mutex_;
  Held held_;
};

}  // namespace tenor::serving
