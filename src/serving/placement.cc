#include "serving/placement.h"

#include <algorithm>

namespace tenor::serving {

namespace {

struct Choice {
  std::optional<std::size_t> device;
  double completion_us = 0;
};

// The device that would be done first; of several alike the first one.
template <class Allowed>
Choice first_done(std::span<const DeviceState> devices, const PlacementRules& rules, Allowed allowed) {
  Choice choice;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (!may_take(devices[i], rules) || !allowed(i)) continue;
    const double done = completion_us(devices[i], rules);
    if (!choice.device || done < choice.completion_us) choice = {i, done};
  }
  return choice;
}

}  // namespace

bool may_take(const DeviceState& device, const PlacementRules& rules) {
  if (device.cpu) return true;
  if (device.draining || !devices::usable(device.health)) return false;
  return !device.free_bytes || *device.free_bytes >= device.needed_bytes + rules.reserve_bytes;
}

double completion_us(const DeviceState& device, const PlacementRules& rules) {
  const bool slow = device.health == devices::Health::throttled;
  return (device.queued_us + device.batch_us) * (slow ? rules.throttled : 1);
}

Placement place(std::span<const DeviceState> devices, const Standing& standing, double now_us,
                const PlacementRules& rules) {
  const Choice best = first_done(devices, rules, [](std::size_t) { return true; });
  if (!best.device) return {};
  const auto here = standing.device;
  const Placement move{best.device, best.completion_us, {.device = best.device}};
  if (!here || here == best.device || *here >= devices.size() || !may_take(devices[*here], rules)) return move;
  Placement stay{here, completion_us(devices[*here], rules), {.device = here}};
  if (best.completion_us >= stay.completion_us * (1 - rules.margin)) return stay;
  const double since = standing.challenger == best.device ? standing.since_us : now_us;
  if (now_us - since >= rules.settle_us) return move;
  stay.standing.challenger = best.device;
  stay.standing.since_us = since;
  return stay;
}

double patience_us(std::span<const DeviceState> devices, std::size_t device, double left_us,
                   const PlacementRules& rules) {
  const double predicted = completion_us(devices[device], rules);
  const double longest = std::max(rules.patience_us, rules.patience * predicted);
  const Choice other = first_done(devices, rules, [device](std::size_t i) { return i != device; });
  return std::max(predicted, std::min(longest, left_us - 2 * other.completion_us));
}

Recovery recover(const FailedRun& run, std::span<const DeviceState> devices, const std::vector<bool>& failed,
                 const PlacementRules& rules) {
  using Action = Recovery::Action;
  using Kind = DeviceFailure::Kind;
  if (run.failure != Kind::lost && run.texts > 1) {
    return {Action::split, run.device, run.failure == Kind::out_of_memory ? (run.texts + 1) / 2 : 1, 0};
  }
  const Choice other = first_done(devices, rules, [&](std::size_t i) { return i != run.device && !failed[i]; });
  return other.device ? Recovery{Action::elsewhere, *other.device, run.texts, other.completion_us} : Recovery{};
}

bool must_hurry(double left_us, double completion_us) {
  return completion_us > left_us;
}

}  // namespace tenor::serving
