// The state of a training loop on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "learn/adamw.h"
#include "learn/parameters.h"

namespace tenor::learn {

struct LoopPosition {
  std::uint64_t step = 0;   // steps taken
  std::uint64_t epoch = 0;  // of the next micro-batch
  std::uint64_t micro_batch = 0;
  std::uint64_t tokens = 0;
  std::uint64_t updates = 0;   // of the optimiser, which passes over steps whose gradients are not finite
  std::uint64_t averaged = 0;  // parameters in the average
  double best_score = 0;
  std::uint64_t evaluations_since_best = 0;
  bool has_best = false;
  friend bool operator==(const LoopPosition&, const LoopPosition&) = default;
};

struct Checkpoint {
  LoopPosition position;
  Parameters parameters;
  Parameters moments;
  std::optional<Parameters> average;
  std::optional<Parameters> best;
};

// Replaces the folder FOLDER/checkpoint, at once or not at all.
Status write_checkpoint(const std::string& folder, const std::string& fingerprint, const Checkpoint& checkpoint);

// Values for the same names and shapes as `like` and `moments`. Empty where there is no checkpoint. Errors: those of
// files; corrupt; invalid_argument where the fingerprint is another.
Result<std::optional<Checkpoint>> read_checkpoint(const std::string& folder, const std::string& fingerprint,
                                                  const Parameters& like, const Parameters& moments);

}  // namespace tenor::learn
