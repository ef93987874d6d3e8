// Whether a request may wait. Pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "serving/priority.h"
#include "serving/standing_queue.h"

namespace tenor::serving {

struct AdmissionRules {
  std::array<std::size_t, kPriorities> queue_tokens{4096, 1'000'000};  // that may wait, a priority each
  double bulk_share = 0.2;                                             // BatchRules::bulk_share
  StandingRules standing = {};
};

// What a new request would stand behind.
struct Backlog {
  struct Line {
    std::size_t requests = 0;
    std::size_t texts = 0;
    std::size_t tokens = 0;
    double cost_us = 0;  // that scoring them will take one worker
  };
  std::array<Line, kPriorities> lines;
  double running_us = 0;  // predicted for the batches that run
  std::size_t workers = 1;
  std::size_t idle_workers = 0;
  Pressure pressure = Pressure::no;

  const Line& of(Priority priority) const { return lines[static_cast<std::size_t>(priority)]; }
};

struct Asking {
  Priority priority = Priority::interactive;
  std::size_t tokens = 0;
  double left_us = std::numeric_limits<double>::infinity();  // until its deadline
};

struct Admission {
  enum class Answer : std::uint8_t { accepted, queue_full, standing_queue, too_late } answer = Answer::accepted;
  double wait_us = 0;          // predicted, until a worker begins
  unsigned retry_after_s = 1;  // where it is refused

  bool accepted() const { return answer == Answer::accepted; }
};

// What the batches that run take, a worker each.
double batch_us(const Backlog& backlog);

// Microseconds until a worker would begin with a request that comes now.
double predicted_wait_us(const Backlog& backlog, Priority priority, double bulk_share);

// A request that is larger than the whole queue may come in where nobody of its priority waits.
Admission admit(const Asking& asking, const Backlog& backlog, const AdmissionRules& rules);

}  // namespace tenor::serving
