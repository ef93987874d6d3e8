// The weights of an encoder's file as float32, however they are stored: for those who train on from a bundle.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/safetensors.h"
#include "experts/encoder_config.h"

namespace tenor::experts {

// One tensor of encoder_tensors(), row-major. int8 products come unpacked and multiplied by their scales, so that a
// float32 encoder of these numbers computes the same function but for rounding. Errors: not_found, corrupt.
Result<std::vector<float>> stored_weights(const bundle::SafeTensors& tensors, const EncoderTensor& tensor);

}  // namespace tenor::experts
