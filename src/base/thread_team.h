// A few threads that do one thing together, again and again.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace tenor {

// Threads of one team meet here: spinning for a while, because what they wait for takes microseconds.
class SpinBarrier {
 public:
  explicit SpinBarrier(std::size_t threads) : threads_(threads) {}
  void wait();

 private:
  const std::size_t threads_;
  std::atomic<std::size_t> arrived_{0};
  std::atomic<std::uint32_t> generation_{0};
};

// The calling thread and size() - 1 others, which sleep between runs. run() may be called by one thread at a time.
class ThreadTeam {
 public:
  explicit ThreadTeam(std::size_t size);  // >= 1
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  std::size_t size() const { return threads_.size() + 1; }

  // Calls work(0) to work(size() - 1) at the same time and returns when all have. `work` must not throw.
  void run(const std::function<void(std::size_t)>& work);

  // Median seconds of a run() that does nothing: what sharing a piece of work costs at least. Takes under a
  // millisecond.
  double round_trip();

 private:
  void serve(std::size_t index);
  void make_room();

  const std::function<void(std::size_t)>* work_ = nullptr;
  std::atomic<std::uint32_t> round_{0};  // odd work is announced by a new number
  std::atomic<std::size_t> busy_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
  std::vector<int> places_;  // processor of each thread
  int home_ = 0;             // processor of the caller, when it was last seen
};

}  // namespace tenor
