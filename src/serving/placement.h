// Which device computes a batch, and what becomes of it when that fails. Pure functions of plain structs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "devices/device.h"
#include "serving/executor.h"

namespace tenor::serving {

// A device as placement sees it.
struct DeviceState {
  bool cpu = false;  // always there
  devices::Health health = devices::Health::ok;
  bool draining = false;                    // it failed, or is not open: nothing new comes
  std::optional<std::uint64_t> free_bytes;  // absent: nobody knows, and nothing is refused for it
  std::uint64_t needed_bytes = 0;           // for this batch
  double queued_us = 0;                     // predicted, of what it was given and has not done
  double batch_us = 0;                      // predicted for this batch, by its curve
};

struct PlacementRules {
  double margin = 0.2;       // that another device must be better by, of the predicted time,
  double settle_us = 1e6;    // for so long, before a worker moves to it
  double throttled = 1.25;   // a throttled device takes so many times longer than its curve says
  double patience = 20;      // a device that takes so many times longer than predicted,
  double patience_us = 2e6;  // and longer than this, does not answer any more
  std::uint64_t reserve_bytes = std::uint64_t{256} << 20;  // of its memory that is left alone
};

// Where a worker computes batches of one kind and about one size. Times are microseconds of any clock.
struct Standing {
  std::optional<std::size_t> device = {};
  std::optional<std::size_t> challenger = {};  // that has been better since
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

// How long from now to wait for the device before the batch is computed elsewhere: never less than predicted, and where
// a deadline allows it (`left_us`: until the first one; infinity: none) no longer than leaves twice the time that that
// will take.
double patience_us(std::span<const DeviceState> devices, std::size_t device, double left_us,
                   const PlacementRules& rules);

// A part of a batch that a device failed to compute.
struct FailedRun {
  DeviceFailure::Kind failure = DeviceFailure::Kind::lost;
  std::size_t device = 0;
  std::size_t texts = 1;
};

struct Recovery {
  enum class Action : std::uint8_t {
    split,      // again on the same device, by `count` texts at once
    elsewhere,  // on `device`, which would be done first
    give_up,    // its texts get an error: they have failed everywhere
  } action = Action::give_up;
  std::size_t device = 0;
  std::size_t count = 0;
  double completion_us = 0;  // predicted, from now; elsewhere
};

// What does not fit into memory is halved; where something threw, all texts but one are to have their answers.
// `failed`, by device: this part of the batch has failed there. A device that cannot compute a single text is as
// useless for it as a lost one.
Recovery recover(const FailedRun& run, std::span<const DeviceState> devices, const std::vector<bool>& failed,
                 const PlacementRules& rules);

// Whether a text that is to be computed again, `left_us` before its deadline, has to hurry: no device would be done in
// time, so it goes to the CPU, where only those experts are asked for whom there is time.
bool must_hurry(double left_us, double completion_us);

}  // namespace tenor::serving
