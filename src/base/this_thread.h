// What a thread says of itself to the kernel.
#pragma once

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace tenor {

// As `top -H` and /proc show the calling thread; at most 15 letters.
inline void name_this_thread(const char* name) {
  pthread_setname_np(pthread_self(), name);
}

// Asks the kernel for short slices of the processor for the calling thread: since Linux 6.12 a thread that wakes up
// with a shorter slice than the one that runs takes over at once, where it would else wait for the end of that one's,
// some three milliseconds. For threads that do little and then wait, beside others that compute. Older kernels do not
// know it, and nothing changes; they let a thread take over that has slept.
inline void take_short_slices() {
  // As in linux/sched/types.h, which cannot be included beside glibc's sched.h.
  struct {
    std::uint32_t size = 48, policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime_ns = 0, deadline_ns = 0, period_ns = 0;
  } attributes;
  static_assert(sizeof attributes == 48);
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;
  attributes.flags = 0;
  attributes.runtime_ns = 100'000;  // the least that the kernel takes
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace tenor
