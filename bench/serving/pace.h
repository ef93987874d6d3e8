// How fast the machine itself goes while a load runs. On a shared one the host slows all processors of a guest down for
// tens of milliseconds, of which no clock of the guest's kernel tells, and a p99 is then the host's, not the server's.
#pragma once

#include <chrono>
#include <thread>
#include <vector>

namespace tenor::bench {

using Clock = std::chrono::steady_clock;

struct PaceSample {
  Clock::time_point at;   // when the work was done
  double work_us = 0;     // processor time of the same work every time
  double process_us = 0;  // processor time of the whole process so far
};

// Times at which the machine cannot be trusted: sorted, apart from each other.
struct Disturbances {
  struct Span {
    Clock::time_point begin, end;
  };
  std::vector<Span> spans;

  bool at(Clock::time_point time) const;
  // 0 to 1, of the time from `begin` to `end`.
  double share(Clock::time_point begin, Clock::time_point end) const;
};

// Where work took more than `slow` times what it takes in its fastest tenth, by two of three samples that follow each
// other (a single one met an interrupt): from the sample before to the one after, and `before` and `after` around that,
// for what still waited when it began and for the queue that it left. `samples`: of one processor, in the order of
// time.
Disturbances disturbances(const std::vector<PaceSample>& samples, double slow, Clock::duration before,
                          Clock::duration after);
Disturbances merged(const std::vector<Disturbances>& of_processors);

// Processors that the process was busy on, in the mean over undisturbed time.
double processors_used(const std::vector<PaceSample>& samples, const Disturbances& disturbances);

struct Pace {
  Disturbances disturbances;
  double processors_used = 0;
};

// Watches every processor that the process may run on, from now on, with 20 us of work every 2 ms each: one percent.
// Processor time is measured, so that waiting for other threads counts for nothing.
class PaceProbe {
 public:
  PaceProbe();
  Pace stop();

 private:
  std::vector<std::vector<PaceSample>> samples_;  // by processor, each written by its thread
  std::vector<std::jthread> threads_;
};

}  // namespace tenor::bench
