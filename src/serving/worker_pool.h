// Threads for the requests that would keep an event loop busy for too long.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tenor::serving {

// Runs jobs in the order of their submission. The queue itself has no bound: submitters hold a Budget's lease for each
// job. Thread-safe.
class WorkerPool {
 public:
  // The argument is the worker's index in [0, threads): the key to what each worker owns. Jobs must not throw.
  using Job = std::function<void(std::size_t worker)>;

  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void submit(Job job);
  // Waits for the jobs that run; those that wait in the queue are dropped. Later submissions are dropped too.
  void stop();

 private:
  void work(std::size_t worker);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tenor::serving
