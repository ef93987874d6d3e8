// Processor time of the calling thread: what a computation takes, whatever else the machine does meanwhile.
#pragma once

#include <ctime>

namespace tenor {

// Seconds since some time in the past; 0 where the system has no such clock.
inline double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace tenor
