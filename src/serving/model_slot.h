// Models that can be replaced while threads score texts with them.
#pragma once

#include <memory>

#include "serving/analyzer_slot.h"

namespace tenor::serving {

// A session goes over to a new analyzer with its next call.
class ModelSlot final : public AnalyzerSlot<Analyzer> {
 public:
  using AnalyzerSlot::AnalyzerSlot;

  std::unique_ptr<Session> open_session() const override;
};

// Whether anybody but the caller still holds it.
inline bool held_by_others(const ModelSlot::Held& held) {
  return held.use_count() > 1;
}

}  // namespace tenor::serving
