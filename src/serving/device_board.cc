#include "serving/device_board.h"

#include <algorithm>
#include <utility>

namespace tenor::serving {

namespace {

// A device that failed is not tried again at once: each trial costs a batch its time.
constexpr std::chrono::seconds kRest{10};

const devices::Gpu* find_gpu(const devices::Snapshot* snapshot, const std::string& uuid) {
  if (snapshot == nullptr) return nullptr;
  const auto found = std::find_if(snapshot->gpus.begin(), snapshot->gpus.end(),
                                  [&](const devices::Gpu& gpu) { return gpu.identity.uuid == uuid; });
  return found == snapshot->gpus.end() ? nullptr : &*found;
}

}  // namespace

DeviceBoard::DeviceBoard(std::vector<DeviceOffer> offers, SnapshotSource snapshot, const PlacementRules& rules)
    : offers_(std::move(offers)), snapshot_(std::move(snapshot)), rules_(rules), entries_(offers_.size()) {}

std::vector<DeviceState> DeviceBoard::states(std::size_t tokens, WorkKind kind, double cpu_us,
                                             Clock::time_point now) const {
  const auto snapshot = snapshot_ ? snapshot_() : nullptr;
  std::vector<DeviceState> states(offers_.size() + 1);
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < offers_.size(); ++i) {
      DeviceState& state = states[i];
      state.draining = entries_[i].rests_until && now < *entries_[i].rests_until;
      state.needed_bytes = offers_[i].batch_bytes + tokens * offers_[i].token_bytes;
      state.queued_us = entries_[i].queued_us;
      state.batch_us = entries_[i].curves[kind].at(tokens);
      if (const devices::Gpu* gpu = find_gpu(snapshot.get(), offers_[i].id)) {
        state.health = gpu->health;
        state.free_bytes = gpu->sample.free_bytes;
      }
    }
  }
  states.back().cpu = true;
  states.back().batch_us = cpu_us;
  return states;
}

void DeviceBoard::begin(std::size_t device, double predicted_us) {
  const std::lock_guard lock(mutex_);
  entries_[device].queued_us += predicted_us;
}

void DeviceBoard::end(std::size_t device, double predicted_us) {
  const std::lock_guard lock(mutex_);
  entries_[device].queued_us = std::max(0.0, entries_[device].queued_us - predicted_us);
}

void DeviceBoard::measured(std::size_t device, WorkKind kind, std::size_t tokens, double microseconds) {
  const std::lock_guard lock(mutex_);
  entries_[device].curves[kind].add(tokens, microseconds);
}

void DeviceBoard::lost(std::size_t device, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  entries_[device].rests_until = now + kRest;
}

}  // namespace tenor::serving
