#include "serving/device_board.h"

#include <algorithm>
#include <utility>

namespace tenor::serving {

namespace {

// A device that failed is not tried again at once: each trial costs a batch its time.
constexpr std::chrono::seconds kRest{10};

double seconds_of(Clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// One that nobody watches is taken to be well; one that the monitor does not know is not there.
void describe_gpu(const devices::Snapshot* snapshot, const std::string& uuid, DeviceState& state) {
  if (snapshot == nullptr) return;
  const auto found = std::find_if(snapshot->gpus.begin(), snapshot->gpus.end(),
                                  [&](const devices::Gpu& gpu) { return gpu.identity.uuid == uuid; });
  state.health = found == snapshot->gpus.end() ? devices::Health::lost : found->health;
  if (found != snapshot->gpus.end()) state.free_bytes = found->sample.free_bytes;
}

}  // namespace

DeviceBoard::DeviceBoard(CostTable& costs, std::vector<DeviceOffer> offers, SnapshotSource snapshot,
                         const PlacementRules& rules)
    : costs_(costs), offers_(std::move(offers)), snapshot_(std::move(snapshot)), rules_(rules) {
  for (const DeviceOffer& offer : offers_) {
    entries_.emplace_back().curves.assign(kWorkKinds, CostCurve(offer.token_us));
  }
}

void DeviceBoard::describe(std::size_t tokens, WorkKind kind, Clock::time_point now,
                           std::vector<DeviceState>& states) const {
  states.assign(offers_.size() + 1, {});
  states.back().cpu = true;
  states.back().batch_us = costs_.token_us(kind) * static_cast<double>(tokens);
  if (offers_.empty()) return;
  const auto snapshot = snapshot_ ? snapshot_() : nullptr;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < offers_.size(); ++i) {
    const Entry& entry = entries_[i];
    DeviceState& state = states[i];
    describe_gpu(snapshot.get(), offers_[i].id, state);
    state.draining = now < entry.rests_until;
    state.needed_bytes = offers_[i].batch_bytes + tokens * offers_[i].token_bytes;
    state.queued_us = entry.queued_us;
    state.batch_us = entry.curves[kind].at(tokens, seconds_of(now));
  }
}

void DeviceBoard::begin(std::size_t device, double predicted_us) {
  if (device == cpu()) return;
  const std::lock_guard lock(mutex_);
  entries_[device].queued_us += predicted_us;
}

void DeviceBoard::end(std::size_t device, double predicted_us) {
  if (device == cpu()) return;
  const std::lock_guard lock(mutex_);
  entries_[device].queued_us = std::max(0.0, entries_[device].queued_us - predicted_us);
}

void DeviceBoard::measured(const Measurement& run) {
  if (run.device == cpu()) return costs_.add(run.kind, run.microseconds, run.tokens);
  const std::lock_guard lock(mutex_);
  entries_[run.device].curves[run.kind].add(run.tokens, run.microseconds, seconds_of(run.end));
}

std::uint64_t DeviceBoard::losses(std::size_t device) const {
  const std::lock_guard lock(mutex_);
  return entries_[device].losses;
}

void DeviceBoard::lost(std::size_t device, std::uint64_t losses, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[device];
  if (entry.losses != losses) return;
  ++entry.losses;
  entry.rests_until = now + kRest;
}

}  // namespace tenor::serving
