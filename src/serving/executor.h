// Who computes a batch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/verdict.h"
#include "serving/request.h"

namespace tenor::serving {

// Why a device did not compute a batch. What is wrong with a text is its Status, on every device the same.
struct DeviceFailure {
  enum class Kind : std::uint8_t {
    lost,           // it computes nothing any more
    out_of_memory,  // it may compute fewer texts at once
    threw,          // something in it did, perhaps because of one of the texts
  } kind = Kind::lost;
  std::string message;
};
using RunStatus = tl::expected<void, DeviceFailure>;

// A batch, or a part of it. The spans are equally long.
struct ExecutorWork {
  std::span<const std::string_view> texts;
  const engine::Options& options;
  Arm arm;  // of a rollout
  std::span<engine::Verdict> verdicts;
  std::span<Status> statuses;
  Clock::time_point latest;  // later there is no time to compute it elsewhere
};

// One worker's way to one device. Not for threads to share.
class Executor {
 public:
  virtual ~Executor() = default;
  // As Session::classify_batch, with the same answers bit for bit; verdicts are good until the next call. A device that
  // has not answered by `work.latest` is lost: the executor of one whose calls may hang waits no longer. After a
  // failure verdicts and statuses hold anything.
  virtual RunStatus run(const ExecutorWork& work) = 0;
  // As Session::tokenize_seconds and Session::rest.
  virtual double tokenize_seconds() const = 0;
  virtual void rest() = 0;
};

// A device besides the CPU that batches may go to.
struct DeviceOffer {
  std::string id;  // the UUID that the monitor knows it by
  // For each worker, once and again after each loss; warmed up, so that its first batch takes no longer than the
  // others. Null where the device cannot be opened. Called by several threads at once, while no batch waits for it.
  std::function<std::unique_ptr<Executor>()> open;
  double token_us = 1;            // microseconds a token, before anything was measured
  std::uint64_t batch_bytes = 0;  // of its memory for any batch
  std::uint64_t token_bytes = 0;  // and for each token
};

}  // namespace tenor::serving
