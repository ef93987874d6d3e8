// Who computes a batch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/verdict.h"

namespace tenor::serving {

// Why a device could not compute a batch. What is wrong with a text is its Status, on every device the same.
enum class DeviceFailure : std::uint8_t {
  lost,           // it computes nothing any more
  out_of_memory,  // it may compute fewer texts at once
};

// One worker's way to one device. Not for threads to share.
class Executor {
 public:
  virtual ~Executor() = default;
  // As Session::classify_batch, with the same answers bit for bit. After a failure verdicts and statuses hold anything.
  virtual std::optional<DeviceFailure> run(std::span<const std::string_view> texts, const engine::Options& options,
                                           std::span<engine::Verdict> verdicts, std::span<Status> statuses) = 0;
};

// A device besides the CPU that batches may go to.
struct DeviceOffer {
  std::string id;  // the UUID that the monitor knows it by
  // For each worker, when it first needs it; null where the device cannot be opened. Called by several threads at once.
  std::function<std::unique_ptr<Executor>()> open;
  std::uint64_t batch_bytes = 0;  // of its memory for any batch
  std::uint64_t token_bytes = 0;  // and for each token
};

}  // namespace tenor::serving
