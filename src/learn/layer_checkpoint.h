// Gradient checkpointing (Chen et al., arXiv:1604.06174): less memory for one more forward pass.
#pragma once

#include <torch/types.h>

#include <functional>
#include <string>
#include <vector>

#include "learn/parameters.h"

namespace tenor::learn {

// Part of a model. Called again by the backward pass, perhaps from another thread, it must compute the same.
using Segment = std::function<torch::Tensor(const Parameters& parameters, const torch::Tensor& inputs)>;

// segment(parameters, inputs), of which nothing but the inputs is kept until the backward pass, which computes it once
// more. `names`: all parameters that the segment reads. Gradients are the same to the bit.
torch::Tensor checkpointed(const Segment& segment, const Parameters& parameters, const std::vector<std::string>& names,
                           const torch::Tensor& inputs);

}  // namespace tenor::learn
