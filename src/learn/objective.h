// What a training loop minimises.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "base/random.h"
#include "learn/parameters.h"

namespace tenor::learn {

// Sums over what a micro-batch held, so that micro-batches add up: a metric is sum / count.
struct Sum {
  double value = 0;
  double count = 0;
};
using Metrics = std::map<std::string, Sum>;

struct MicroBatchLoss {
  torch::Tensor loss;  // a scalar, the mean over the micro-batch
  std::size_t tokens = 0;
  Metrics metrics;
};

// Stateless towards the loop: a micro-batch is known by its epoch and number, so that training can go on where it
// stopped. Several threads ask for different micro-batches at once.
class Objective {
 public:
  virtual ~Objective() = default;
  // At least 1.
  virtual std::size_t micro_batches(std::uint64_t epoch) const = 0;
  // `random` is seeded by epoch and number.
  virtual MicroBatchLoss loss(const Parameters& parameters, std::uint64_t epoch, std::size_t number,
                              Random& random) const = 0;
  // Called by one thread before micro-batches of an epoch are asked for.
  virtual void begin_epoch(std::uint64_t epoch) = 0;
};

}  // namespace tenor::learn
