#include "serving/agent_weight.h"

#include <algorithm>
#include <cmath>

namespace tenor::serving {

std::string agent_line(bool stopping, const Backlog& backlog, const AdmissionRules& rules) {
  if (stopping) return "drain\n";
  const auto room = static_cast<double>(std::max<std::size_t>(rules.queue_tokens[0], 1));
  const auto taken = static_cast<double>(backlog.of(Priority::interactive).tokens);
  // Never 0: that would be a drain, and a full queue refuses by itself.
  const auto percent = std::clamp(std::lround(100 * (1 - taken / room)), 1L, 100L);
  return "up ready " + std::to_string(percent) + "%\n";
}

}  // namespace tenor::serving
