// Numbers of checkpoints as float32.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "bundle/tensor.h"

namespace tenor::import {

// f32, f16, bf16 and f64 tensors; f64 is rounded, the others convert exactly. Error: unsupported (other types).
Result<std::vector<float>> to_floats(const bundle::TensorView& tensor);

}  // namespace tenor::import
