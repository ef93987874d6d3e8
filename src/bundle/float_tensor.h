// Tensors of any floating type as float32.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "bundle/safetensors.h"

namespace tenor::bundle {

bool is_floating(DType dtype);

// Elements [begin, begin + out.size()) of a tensor that is_floating(); f64 is rounded.
void read_floats(const TensorView& tensor, std::size_t begin, std::span<float> out);

// All elements of a tensor with this shape. Errors: not_found, corrupt (another shape, not floating, not finite).
Result<std::vector<float>> float_values(const SafeTensors& tensors, const std::string& name,
                                        std::span<const std::size_t> shape);

}  // namespace tenor::bundle
