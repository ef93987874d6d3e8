// One worker's way through the devices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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
  std::span<const std::uint32_t> tokens;         // estimated
  std::span<const Clock::time_point> deadlines;  // of each text's client; max(): none
  std::span<engine::Verdict> verdicts;
  std::span<Status> statuses;
  const engine::Options* options = nullptr;
  WorkKind kind = 0;
  Arm arm = {};

  DeviceWork part(std::size_t first, std::size_t count) const;
};

// Places batches, and those again that a device failed to compute: in halves where its memory did not suffice, else
// elsewhere within each text's deadline. Every text gets an answer or an error. Not for threads to share.
class DeviceRunner {
 public:
  // All must outlive the runner. Opens what the board offers.
  DeviceRunner(DeviceBoard& board, Executor& cpu);

  // A part of the batch, from its text `first` on, is computed; its verdicts are good until `done` returns.
  using Done = std::function<void(std::size_t first, std::size_t count)>;
  void run(const DeviceWork& work, const Done& done);
  // Of the last batch, so far.
  double tokenize_us() const { return tokenize_us_; }

  // There is no batch: what was lost is opened again, when it may be.
  void rest();

 private:
  struct Part {
    std::size_t first = 0, count = 0;
    std::optional<std::size_t> device = {};  // absent: it is to be placed
    std::vector<bool> failed = {};           // by device; empty: nowhere yet
    bool hurried = false;                    // the deadlines of its texts decide who is asked about them
  };
  // A device, as far as this worker has opened it.
  struct Opened {
    std::unique_ptr<Executor> executor;
    std::uint64_t losses = 0;  // of the device, before it was opened
    Clock::time_point next_try;
  };

  bool ready(std::size_t device) const;
  void open(std::size_t device);
  void describe(const DeviceWork& work);
  std::size_t choose(const DeviceWork& work);
  RunStatus run_on(std::size_t device, const DeviceWork& work);
  RunStatus try_on(std::size_t device, const DeviceWork& work);
  // What is to be done again; texts for which there is nothing more to do get an error.
  void plan_again(Part part, const DeviceFailure& failure, const DeviceWork& work, const Done& done);
  void retry(const Part& part, const Recovery& recovery, const DeviceWork& work);

  DeviceBoard& board_;
  Executor& cpu_;
  std::vector<Opened> opened_;       // as the board's offers
  std::vector<Standing> standings_;  // by kind and size
  std::vector<DeviceState> states_;  // of the part that is looked at
  std::vector<Part> parts_;          // that are to be computed
  double tokenize_us_ = 0;
};

}  // namespace tenor::serving
