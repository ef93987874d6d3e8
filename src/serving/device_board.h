// The devices of a server and what is known of each: what the workers share of placement.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "devices/device.h"
#include "serving/cost_curve.h"
#include "serving/placement.h"
#include "serving/request.h"
#include "serving/text_cost.h"

namespace tenor::serving {

// What the monitor saw last; empty where nobody watches.
using SnapshotSource = std::function<std::shared_ptr<const devices::Snapshot>()>;

// Thread-safe. The CPU is the last device; its batches are computed by the worker's own thread, so none waits for it,
// and what they cost is in the cost table.
class DeviceBoard {
 public:
  // The costs must outlive it.
  DeviceBoard(CostTable& costs, std::vector<DeviceOffer> offers, SnapshotSource snapshot,
              const PlacementRules& rules = {});

  std::size_t cpu() const { return offers_.size(); }
  const DeviceOffer& offer(std::size_t device) const { return offers_[device]; }
  const PlacementRules& rules() const { return rules_; }

  // Replaces `states` by those for a batch of so many tokens.
  void describe(std::size_t tokens, WorkKind kind, Clock::time_point now, std::vector<DeviceState>& states) const;

  // Around each run; `predicted_us` is the same in both.
  void begin(std::size_t device, double predicted_us);
  void end(std::size_t device, double predicted_us);
  struct Measurement {
    std::size_t device = 0;
    WorkKind kind = 0;
    std::size_t tokens = 0;  // that were computed
    double microseconds = 0;
    Clock::time_point end;
  };
  void measured(const Measurement& run);

  // How often the device was lost. What was opened before the last loss is to be opened again.
  std::uint64_t losses(std::size_t device) const;
  // It failed, with something opened after so many losses: nothing new comes for a while, and then only if the monitor
  // calls it usable. No second loss where another worker has told of it already.
  void lost(std::size_t device, std::uint64_t losses, Clock::time_point now);

 private:
  struct Entry {
    double queued_us = 0;
    std::uint64_t losses = 0;
    Clock::time_point rests_until;
    std::vector<CostCurve> curves;  // by kind
  };

  CostTable& costs_;
  const std::vector<DeviceOffer> offers_;
  const SnapshotSource snapshot_;
  const PlacementRules rules_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;  // of offers_
};

}  // namespace tenor::serving
