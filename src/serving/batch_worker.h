// What a worker of the batcher owns.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "serving/analyzer.h"
#include "serving/batch_queue.h"

namespace tenor::serving {

// A session and the buffers of a batch. Not for threads to share.
class BatchWorker {
 public:
  BatchWorker(const Analyzer& analyzer, CostTable& costs);

  // Delivers the answer to each text, an error where scoring threw.
  void score(const Batch& batch);
  // Gives back what large texts needed.
  void trim();

 private:
  void score_one_by_one(const engine::Options& options, Arm arm);
  void learn(const Batch& batch, double microseconds);

  const Analyzer& analyzer_;
  CostTable& costs_;
  std::unique_ptr<Session> session_;
  std::vector<std::string_view> texts_;
  std::vector<engine::Verdict> verdicts_;
  std::vector<Status> statuses_;
};

}  // namespace tenor::serving
