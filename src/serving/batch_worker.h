// What a worker of the batcher owns.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "serving/analyzer.h"
#include "serving/batch_queue.h"
#include "serving/device_runner.h"
#include "serving/executor.h"

namespace tenor::serving {

// A session, ways to the devices, and the buffers of a batch. Not for threads to share.
class BatchWorker {
 public:
  // `board`: devices besides the CPU; null where there are none. All must outlive the worker.
  BatchWorker(const Analyzer& analyzer, CostTable& costs, DeviceBoard* board = nullptr);

  // Delivers the answer to each text, an error where scoring threw.
  void score(const Batch& batch);
  // Gives back what large texts needed.
  void trim();

 private:
  // The CPU as a device: the session, on this thread. It never fails.
  class Cpu final : public Executor {
   public:
    explicit Cpu(BatchWorker& worker) : worker_(worker) {}
    std::optional<DeviceFailure> run(std::span<const std::string_view> texts, const engine::Options& options,
                                     std::span<engine::Verdict> verdicts, std::span<Status> statuses) override;

   private:
    BatchWorker& worker_;
  };

  // On whichever device.
  void compute(const Batch& batch, const engine::Options& options);
  void learn(const Batch& batch, double microseconds);

  const Analyzer& analyzer_;
  CostTable& costs_;
  std::unique_ptr<Session> session_;
  Cpu cpu_;
  std::optional<DeviceRunner> devices_;
  std::vector<std::uint32_t> tokens_;
  std::vector<std::string_view> texts_;
  std::vector<engine::Verdict> verdicts_;
  std::vector<Status> statuses_;
};

}  // namespace tenor::serving
