// The learned answer of a group of tasks, fitted by regularised maximum likelihood.
#pragma once

#include <span>
#include <vector>

#include "gate/pool.h"
#include "ship/gate_samples.h"

namespace tenor::ship {

struct FittedPool {
  gate::Pool pool;          // shared by the tasks
  std::vector<float> bias;  // [tasks, labels]
};

// Normal priors hold everything that tasks and texts add to the plain geometric mean to nothing: what a few hundred
// rows cannot show stays the mean. Deterministic.
FittedPool fit_pool(const SeenSamples& seen, std::span<const GateSample> samples, std::size_t tasks);

}  // namespace tenor::ship
