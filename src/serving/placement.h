// Which device computes a batch, and what becomes of it when that fails. Pure functions of plain structs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "devices/device.h"
#include "serving/executor.h"

namespace tenor::serving {

// What batches took on one device, by their size: a small batch takes a GPU nearly as long as a large one.
class CostCurve {
 public:
  // `token_us`: microseconds a token before anything was measured.
  explicit CostCurve(double token_us = 1) : guess_(token_us) {}

  // Microseconds; from the nearest sizes that were measured.
  double at(std::size_t tokens) const;
  void add(std::size_t tokens, double measured_us);

 private:
  static constexpr std::size_t kSizes = 20;  // powers of two

  double guess_;
  std::array<double, kSizes> token_us_{};  // moving averages; 0: not measured
};

// A device as placement sees it.
struct DeviceState {
  bool cpu = false;  // always there
  devices::Health health = devices::Health::ok;
  bool draining = false;                    // it failed: what runs ends, nothing new comes
  std::optional<std::uint64_t> free_bytes;  // absent: nobody knows, and nothing is refused for it
  std::uint64_t needed_bytes = 0;           // for this batch
  double queued_us = 0;                     // predicted, of what it was given and has not done
  double batch_us = 0;                      // predicted for this batch, by its curve
};

struct PlacementRules {
  double margin = 0.2;      // that another device must be better by, of the predicted time,
  double settle_us = 1e6;   // for so long, before a worker moves to it
  double throttled = 1.25;  // a throttled device takes so many times longer than its curve says
  std::uint64_t reserve_bytes = std::uint64_t{256} << 20;  // of its memory that is left alone
};

// Where a worker is, from batch to batch. Times are microseconds of any clock.
struct Standing {
  std::optional<std::size_t> device;
  std::optional<std::size_t> challenger;  // that has been better since
  double since_us = 0;
};

struct Placement {
  std::optional<std::size_t> device;  // place in the devices; absent where none may be used
  double completion_us = 0;           // predicted, from now
  Standing standing;                  // for the next time
};

// Whether the device may be given the batch.
bool may_take(const DeviceState& device, const PlacementRules& rules);
// Predicted, from now, until it would have computed the batch.
double completion_us(const DeviceState& device, const PlacementRules& rules);

// The device that would be done first, except that a worker stays where it is until another one has been better by the
// margin for a while: predictions are noisy, and what a device has warmed up (memory, caches) is lost by moving. A
// device that must not be used is left at once.
Placement place(std::span<const DeviceState> devices, const Standing& standing, double now_us,
                const PlacementRules& rules);

// A part of a batch that a device failed to compute.
struct FailedRun {
  DeviceFailure failure = DeviceFailure::lost;
  std::size_t device = 0;
  std::size_t texts = 1;
  double left_us = std::numeric_limits<double>::infinity();  // until the first of its deadlines
};

struct Recovery {
  enum class Action : std::uint8_t {
    halve,      // each half again on the same device
    elsewhere,  // on `device`
    give_up,    // its texts get an error: no device would be done in time
  } action = Action::give_up;
  std::size_t device = 0;
};

// `failed`, by device: this part of the batch has failed there. A device that ran out of memory with a single text is
// as useless for it as a lost one.
Recovery recover(const FailedRun& run, std::span<const DeviceState> devices, const std::vector<bool>& failed,
                 const PlacementRules& rules);

}  // namespace tenor::serving
