#include "serving/placement.h"

#include <algorithm>
#include <bit>

namespace tenor::serving {

namespace {

constexpr double kCurveWeight = 0.1;  // of a measurement
constexpr double kOutlier = 4;        // times the average: a measurement counts no more

std::size_t size_class(std::size_t tokens, std::size_t classes) {
  return std::min<std::size_t>(std::bit_width(std::max<std::size_t>(tokens, 1)) - 1, classes - 1);
}

}  // namespace

double CostCurve::at(std::size_t tokens) const {
  const auto size = static_cast<double>(std::max<std::size_t>(tokens, 1));
  const std::size_t here = size_class(tokens, kSizes);
  std::size_t below = here + 1;  // one above the nearest measured class at or below
  while (below > 0 && token_us_[below - 1] == 0) --below;
  std::size_t above = here;
  while (above < kSizes && token_us_[above] == 0) ++above;
  if (below == 0 && above == kSizes) return guess_ * size;
  if (below == 0) {  // a smaller batch than ever takes as long as the smallest
    const auto measured = static_cast<double>(std::size_t{1} << above);
    return token_us_[above] * std::max(size, measured);
  }
  if (above == kSizes) return token_us_[below - 1] * size;
  const std::size_t from = below - 1;
  if (from == above) return token_us_[here] * size;
  const double share = static_cast<double>(here - from) / static_cast<double>(above - from);
  return (token_us_[from] + share * (token_us_[above] - token_us_[from])) * size;
}

void CostCurve::add(std::size_t tokens, double measured_us) {
  if (tokens == 0 || !(measured_us > 0)) return;
  double& average = token_us_[size_class(tokens, kSizes)];
  const double measured = measured_us / static_cast<double>(tokens);
  if (average == 0) {
    average = measured;
  } else {
    average += kCurveWeight * (std::clamp(measured, average / kOutlier, average * kOutlier) - average);
  }
}

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
  Placement placement;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (!may_take(devices[i], rules)) continue;
    const double done = completion_us(devices[i], rules);
    if (placement.device && done >= placement.completion_us) continue;
    placement.device = i;
    placement.completion_us = done;
  }
  if (!placement.device) return placement;
  const auto best = *placement.device;
  const auto here = standing.device;
  placement.standing.device = best;
  if (!here || *here == best || *here >= devices.size() || !may_take(devices[*here], rules)) return placement;
  const double stay_us = completion_us(devices[*here], rules);
  const bool better = placement.completion_us < stay_us * (1 - rules.margin);
  const double since = better && standing.challenger == best ? standing.since_us : now_us;
  if (better && standing.challenger == best && now_us - since >= rules.settle_us) return placement;
  placement.device = here;
  placement.completion_us = stay_us;
  placement.standing.device = here;
  if (better) {
    placement.standing.challenger = best;
    placement.standing.since_us = since;
  }
  return placement;
}

Recovery recover(const FailedRun& run, std::span<const DeviceState> devices, const std::vector<bool>& failed,
                 const PlacementRules& rules) {
  using Action = Recovery::Action;
  if (run.failure == DeviceFailure::out_of_memory && run.texts > 1) return {Action::halve, run.device};
  Recovery recovery;
  double least = run.left_us;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (i == run.device || failed[i] || !may_take(devices[i], rules)) continue;
    const double done = completion_us(devices[i], rules);
    if (done > least || (done == least && recovery.action == Action::elsewhere)) continue;
    least = done;
    recovery = {Action::elsewhere, i};
  }
  return recovery;
}

}  // namespace tenor::serving
