// The workers that score what does not go on an event loop.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "metrics/queue_metrics.h"
#include "serving/analyzer.h"
#include "serving/batch_queue.h"
#include "serving/device_board.h"

namespace tenor::serving {

class BatchWorker;

struct BatcherOptions {
  std::size_t workers = 1;
  std::vector<std::vector<unsigned>> pins = {};  // devices::plan_pins(), by worker; empty: none is pinned
  BatchRules batch;
  AdmissionRules admission;
  std::vector<DeviceOffer> devices = {};  // besides the CPU
  SnapshotSource snapshot = {};           // what the monitor says of them; may be empty
};

// A queue and its workers, each with a session of its own. A worker that becomes free takes the next batch out of what
// has gathered while it ran: forming one takes microseconds, and no worker waits for another. Thread-safe.
class Batcher {
 public:
  // The analyzer, the costs (to which it adds what it measures) and the metrics must outlive it.
  Batcher(const BatcherOptions& options, const Analyzer& analyzer, CostTable& costs, metrics::QueueMetrics& metrics);
  ~Batcher();
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  // Where the answer is no, the request is not kept, and none of its functions is called. Never waits for a worker.
  Admission submit(const RequestPtr& request);
  // What /metrics shows.
  Backlog backlog() const;
  // Waits for the batches that run; requests that wait are dropped without finish(). Later ones are dropped too.
  void stop();

 private:
  void work(const std::vector<unsigned>& cpus);
  // Without lock. Returns the requests that are over.
  void run(Batch& batch, BatchWorker& worker);
  void drop_unwanted(Batch& batch);
  void finish(const std::vector<RequestPtr>& requests);
  void count_batch(const Batch& batch);
  void count_queue();

  const Analyzer& analyzer_;
  CostTable& costs_;
  metrics::QueueMetrics& metrics_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  DeviceBoard board_;
  BatchQueue queue_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tenor::serving
