// One worker's way through the devices.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "serving/device_board.h"
#include "serving/executor.h"

namespace tenor::serving {

// A batch, or a part of it; the spans are equally long.
struct DeviceWork {
  std::span<const std::string_view> texts;
  std::span<const std::uint32_t> tokens;
  std::span<engine::Verdict> verdicts;
  std::span<Status> statuses;
  WorkKind kind = 0;
  double cpu_token_us = 1;
  std::optional<Clock::time_point> deadline;  // the first one of its texts

  std::size_t all_tokens() const;
  DeviceWork part(std::size_t first, std::size_t count) const;
};

// Places batches, and those again that a device failed to compute: in halves where its memory did not suffice, else
// elsewhere as long as the deadline allows. Every text gets an answer or an error. Not for threads to share.
class DeviceRunner {
 public:
  // `cpu` must not fail. All must outlive the runner.
  DeviceRunner(DeviceBoard& board, Executor& cpu);

  void run(const DeviceWork& work, const engine::Options& options);

 private:
  struct Part {
    DeviceWork work;
    std::size_t device = 0;
    std::vector<bool> failed;  // by device
  };

  std::vector<DeviceState> states(const DeviceWork& work) const;
  std::optional<DeviceFailure> run_on(std::size_t device, const DeviceWork& work, const engine::Options& options);
  std::optional<DeviceFailure> try_on(std::size_t device, const DeviceWork& work, const engine::Options& options);
  // What is to be done again.
  void plan_again(Part part, DeviceFailure failure, std::vector<Part>& parts) const;

  DeviceBoard& board_;
  Executor& cpu_;
  std::vector<std::unique_ptr<Executor>> executors_;  // null: not opened yet, or lost
  Standing standing_;
};

}  // namespace tenor::serving
