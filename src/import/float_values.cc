#include "import/float_values.h"

#include "bundle/float_tensor.h"

namespace tenor::import {

Result<std::vector<float>> to_floats(const bundle::TensorView& tensor) {
  if (!bundle::is_floating(tensor.dtype)) {
    return fail(ErrorCode::unsupported, "tensor '" + tensor.name + "' is of type " + to_string(tensor.dtype) +
                                            "; expected F32, F16, BF16 or F64");
  }
  std::vector<float> out(tensor.bytes.size() / size_of(tensor.dtype));
  bundle::read_floats(tensor, 0, out);
  return out;
}

}  // namespace tenor::import
