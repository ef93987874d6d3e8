// The devices of a server and what is known of each: what the workers share of placement.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "devices/device.h"
#include "serving/placement.h"
#include "serving/request.h"

namespace tenor::serving {

// What the monitor saw last; empty where there is none.
using SnapshotSource = std::function<std::shared_ptr<const devices::Snapshot>()>;

// Thread-safe. The CPU is the last device; its batches are computed by the worker's own thread, so none waits for it.
class DeviceBoard {
 public:
  DeviceBoard(std::vector<DeviceOffer> offers, SnapshotSource snapshot, const PlacementRules& rules = {});

  std::size_t cpu() const { return offers_.size(); }
  const DeviceOffer& offer(std::size_t device) const { return offers_[device]; }
  const PlacementRules& rules() const { return rules_; }

  // For a batch of so many tokens, which takes the CPU `cpu_us`.
  std::vector<DeviceState> states(std::size_t tokens, WorkKind kind, double cpu_us, Clock::time_point now) const;

  // Around each run on a device but the CPU; `predicted_us` is the same in both.
  void begin(std::size_t device, double predicted_us);
  void end(std::size_t device, double predicted_us);
  void measured(std::size_t device, WorkKind kind, std::size_t tokens, double microseconds);
  // It failed: nothing new for a while, and until the monitor calls it usable.
  void lost(std::size_t device, Clock::time_point now);

 private:
  struct Entry {
    double queued_us = 0;
    std::optional<Clock::time_point> rests_until;
    std::vector<CostCurve> curves = std::vector<CostCurve>(kWorkKinds);
  };

  const std::vector<DeviceOffer> offers_;
  const SnapshotSource snapshot_;
  const PlacementRules rules_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;  // of offers_
};

}  // namespace tenor::serving
