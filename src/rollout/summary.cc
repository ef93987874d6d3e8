#include "rollout/summary.h"

#include <algorithm>
#include <cmath>

namespace tenor::rollout {

namespace {

void add_rate(Rate& rate, const Rate& other) {
  rate.count += other.count;
  rate.of += other.of;
}

}  // namespace

void Moments::add(double x) {
  ++n;
  const double step = x - mean;
  mean += step / static_cast<double>(n);
  squares += step * (x - mean);
}

void Moments::add(const Moments& other) {
  if (other.n == 0) return;
  const auto own = static_cast<double>(n);
  const auto more = static_cast<double>(other.n);
  const double step = other.mean - mean;
  n += other.n;
  mean += step * more / (own + more);
  squares += other.squares + step * step * own * more / (own + more);
}

void ArmSummary::add(const Outcome& outcome) {
  errors.add(outcome.error);
  if (outcome.error) return;
  if (outcome.latency_us > 0) log_latency.add(std::log(outcome.latency_us));
  if (outcome.can_abstain) abstentions.add(outcome.abstained);
  ++labels[std::min(outcome.label, kMaxLabels - 1)];
}

void ArmSummary::add(const ArmSummary& other) {
  add_rate(errors, other.errors);
  log_latency.add(other.log_latency);
  add_rate(abstentions, other.abstentions);
  for (std::size_t i = 0; i < kMaxLabels; ++i) labels[i] += other.labels[i];
  add_rate(wrong, other.wrong);
}

}  // namespace tenor::rollout
