#include "base/thread_team.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <chrono>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace tenor {

namespace {

constexpr int kSpins = 4000;  // some tens of microseconds

void relax() {
#if defined(__x86_64__)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}

// Spins, then sleeps, until the value is no longer `old`.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    relax();
  }
  value.wait(old, std::memory_order_acquire);
}

// Processors that this process may use, that of the caller first.
std::vector<int> processors() {
  std::vector<int> out = {::sched_getcpu()};
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return out;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (cpu != out.front() && CPU_ISSET(cpu, &allowed)) out.push_back(cpu);
  }
  return out;
}

void pin(std::thread& thread, int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  ::pthread_setaffinity_np(thread.native_handle(), sizeof one, &one);  // a hint: without it all is right, but slower
}

}  // namespace

void SpinBarrier::wait() {
  const std::uint32_t generation = generation_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    generation_.notify_all();
    return;
  }
  wait_for_change(generation_, generation);
}

ThreadTeam::ThreadTeam(std::size_t size) {
  // A thread that is woken is put where its waker runs, and would spin there against it: each gets a processor of its
  // own, as far as there are any.
  const std::vector<int> allowed = processors();
  home_ = allowed.front();
  for (std::size_t index = 1; index < size; ++index) {
    threads_.emplace_back([this, index] { serve(index); });
    places_.push_back(allowed.size() == 1 ? home_ : allowed[1 + (index - 1) % (allowed.size() - 1)]);
    pin(threads_.back(), places_.back());
  }
}

// Where the caller has moved onto a member's processor, that member takes the one it came from.
void ThreadTeam::make_room() {
  const int here = ::sched_getcpu();
  if (here == home_) return;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i] != here) continue;
    places_[i] = home_;
    pin(threads_[i], home_);
  }
  home_ = here;
}

ThreadTeam::~ThreadTeam() {
  stop_ = true;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadTeam::run(const std::function<void(std::size_t)>& work) {
  make_room();
  work_ = &work;
  busy_.store(threads_.size(), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  work(0);
  for (int i = 0; busy_.load(std::memory_order_acquire) != 0; ++i) {
    if (i < kSpins) {
      relax();
    } else {
      std::this_thread::yield();
    }
  }
}

void ThreadTeam::serve(std::size_t index) {
  std::uint32_t seen = 0;
  for (;;) {
    wait_for_change(round_, seen);
    ++seen;
    if (stop_) return;
    (*work_)(index);
    busy_.fetch_sub(1, std::memory_order_release);
  }
}

double ThreadTeam::round_trip() {
  using Clock = std::chrono::steady_clock;
  std::array<double, 31> seconds{};
  const std::function<void(std::size_t)> nothing = [](std::size_t) {};
  for (double& one : seconds) {
    const auto begin = Clock::now();
    run(nothing);
    one = std::chrono::duration<double>(Clock::now() - begin).count();
  }
  std::nth_element(seconds.begin(), seconds.begin() + seconds.size() / 2, seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace tenor
