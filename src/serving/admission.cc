#include "serving/admission.h"

#include <algorithm>
#include <cmath>

namespace tenor::serving {

namespace {

constexpr double kLongestRetry = 3600;

bool stands_too_long(const Asking& asking, const Backlog& backlog, double wait_us, const StandingRules& rules) {
  if (backlog.pressure == Pressure::no) return false;
  if (asking.priority == Priority::bulk) return true;
  return backlog.pressure == Pressure::keep_short && wait_us > target_us(rules, batch_us(backlog));
}

}  // namespace

double batch_us(const Backlog& backlog) {
  return backlog.running_us / static_cast<double>(std::max<std::size_t>(1, backlog.workers));
}

double predicted_wait_us(const Backlog& backlog, Priority priority, double bulk_share) {
  const auto& interactive = backlog.of(Priority::interactive);
  const auto& bulk = backlog.of(Priority::bulk);
  if (backlog.idle_workers > 0 && interactive.texts + bulk.texts == 0) return 0;
  // A batch that runs is half done on average.
  const double running = backlog.idle_workers > 0 ? 0 : backlog.running_us / 2;
  double ahead = interactive.cost_us;
  if (priority == Priority::bulk) {
    ahead += bulk.cost_us;  // interactive requests that come later are not known
  } else {
    ahead += std::min(bulk.cost_us, ahead * bulk_share / (1 - bulk_share));
  }
  return (running + ahead) / static_cast<double>(std::max<std::size_t>(1, backlog.workers));
}

Admission admit(const Asking& asking, const Backlog& backlog, const AdmissionRules& rules) {
  Admission admission;
  admission.wait_us = predicted_wait_us(backlog, asking.priority, rules.bulk_share);
  admission.retry_after_s = static_cast<unsigned>(std::clamp(std::ceil(admission.wait_us / 1e6), 1.0, kLongestRetry));
  const auto& line = backlog.of(asking.priority);
  const std::size_t limit = rules.queue_tokens[static_cast<std::size_t>(asking.priority)];
  if (line.texts > 0 && (line.tokens >= limit || asking.tokens > limit - line.tokens)) {
    admission.answer = Admission::Answer::queue_full;
  } else if (stands_too_long(asking, backlog, admission.wait_us, rules.standing)) {
    admission.answer = Admission::Answer::standing_queue;
  } else if (admission.wait_us > 0 && admission.wait_us >= asking.left_us) {
    admission.answer = Admission::Answer::too_late;
  }
  return admission;
}

}  // namespace tenor::serving
