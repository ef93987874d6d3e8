// What a worker of the batcher owns.
#pragma once

#include <vector>

#include "serving/analyzer.h"
#include "serving/batch_queue.h"
#include "serving/cpu_executor.h"
#include "serving/device_runner.h"

namespace tenor::serving {

// A session, ways to the other devices, and the buffers of a batch. Not for threads to share.
class BatchWorker {
 public:
  // Both must outlive it.
  BatchWorker(const Analyzer& analyzer, DeviceBoard& board) : cpu_(analyzer), devices_(board, cpu_) {}

  // Delivers the answer to each text, an error where it could not be scored.
  void score(const Batch& batch);
  // Gives back what large texts needed.
  void trim();

 private:
  void read(const Batch& batch);

  CpuExecutor cpu_;
  DeviceRunner devices_;
  std::vector<std::string_view> texts_;
  std::vector<std::uint32_t> tokens_;
  std::vector<Clock::time_point> deadlines_;
  std::vector<engine::Verdict> verdicts_;
  std::vector<Status> statuses_;
};

}  // namespace tenor::serving
