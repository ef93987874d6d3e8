// Gradients of several micro-batches at once.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "learn/objective.h"

namespace tenor::learn {

struct MicroBatchAt {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
};

struct StepGradients {
  std::vector<torch::Tensor> gradients;  // mean over the micro-batches, in the parameters' order; may be undefined
  double loss = 0;                       // mean
  std::size_t tokens = 0;
  Metrics metrics;
};

// `threads` micro-batches at a time, each computed by one thread of libtorch's; summed in the order of `batches`, so
// that the sum does not depend on the threads. Exceptions of libtorch become errors (invalid_argument).
Result<StepGradients> step_gradients(const Objective& objective, const Parameters& parameters,
                                     const std::vector<MicroBatchAt>& batches, std::size_t threads, std::uint64_t seed);

}  // namespace tenor::learn
