// What is remembered of an arm's answers: sums, whatever the number of requests.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tenor::rollout {

inline constexpr std::size_t kMaxLabels = 5;  // of a task, and one for those that the live model does not know

struct Rate {
  std::uint64_t count = 0;  // <= of
  std::uint64_t of = 0;

  double value() const { return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of); }
  void add(bool hit) {
    count += hit ? 1 : 0;
    ++of;
  }
  friend bool operator==(const Rate&, const Rate&) = default;
};

// Mean and variance of numbers, by Welford's recurrence.
struct Moments {
  std::uint64_t n = 0;
  double mean = 0;
  double squares = 0;  // sum of squared distances from the mean

  void add(double x);
  void add(const Moments& other);
  double variance() const { return n < 2 ? 0 : squares / static_cast<double>(n - 1); }
  friend bool operator==(const Moments&, const Moments&) = default;
};

// One answer, as an arm gave it.
struct Outcome {
  bool error = false;        // the model's own failure, not a request that was at fault
  double latency_us = 0;     // > 0 where it was measured: an error and an answer from a cache say nothing of it
  bool can_abstain = false;  // the model says when it is uncertain
  bool abstained = false;    // it was
  std::size_t label = 0;     // of the overall task, in the live model's order; kMaxLabels - 1 for one it lacks
};

// Not for threads to share.
struct ArmSummary {
  Rate errors;
  Moments log_latency;  // natural logarithm of microseconds
  Rate abstentions;
  std::array<std::uint64_t, kMaxLabels> labels{};
  Rate wrong;  // answers that labelled feedback contradicts

  void add(const Outcome& outcome);
  void add_feedback(bool right) { wrong.add(!right); }
  void add(const ArmSummary& other);
  std::uint64_t answered() const { return errors.of - errors.count; }
  friend bool operator==(const ArmSummary&, const ArmSummary&) = default;
};

}  // namespace tenor::rollout
