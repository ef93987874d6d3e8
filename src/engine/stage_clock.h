// Times of the steps of one classification. Inside engine/ only.
#pragma once

#include <chrono>

#include "engine/engine.h"

namespace tenor::engine {

// Adds the time since the last step to a step's sum; without sums to add to, it never looks at the clock.
class StageClock {
 public:
  explicit StageClock(StageTimes* times) : times_(times) {
    if (times_ != nullptr) last_ = Clock::now();
  }

  void end(double StageTimes::*stage) {
    if (times_ == nullptr) return;
    const Clock::time_point now = Clock::now();
    times_->*stage += std::chrono::duration<double>(now - last_).count();
    last_ = now;
  }

 private:
  using Clock = std::chrono::steady_clock;
  StageTimes* times_;
  Clock::time_point last_;
};

}  // namespace tenor::engine
