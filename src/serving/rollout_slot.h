// The rollout of a server, which can be replaced by another one while threads score texts with it.
#pragma once

#include <memory>

#include "serving/analyzer_slot.h"
#include "serving/armed_analyzer.h"

namespace tenor::serving {

// Answers as the rollout of a call's arm (Arm::of), which need not be the one that was published last: who was dealt an
// arm is answered by it.
class RolloutSlot final : public AnalyzerSlot<ArmedAnalyzer> {
 public:
  using AnalyzerSlot::AnalyzerSlot;

  std::unique_ptr<Session> open_session() const override;
};

}  // namespace tenor::serving
