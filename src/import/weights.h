// A checkpoint's tensors -> the tensors of a bundle.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/safetensors.h"
#include "import/tensor_names.h"

namespace tenor::import {

// Tensors ready to be written. The checkpoint must outlive it.
struct Weights {
  std::vector<bundle::TensorSource> tensors;
  bundle::DType dtype = bundle::DType::f32;  // of all of them: the checkpoint's own, F32 where it mixes types
  std::vector<std::string> notes;            // what was left out

  std::vector<std::vector<std::byte>> joined;  // memory of tensors that are not a view of the checkpoint
};

// `head_rows`: which row of the checkpoint's head each row of the bundle's is. `advance` is called after each tensor.
// Errors: not_found (tensors are missing: all are named), corrupt (shapes that do not fit config.json: all are named),
// unsupported (types; tensors inside of the encoder that this program would not use: all are named).
Result<Weights> take_weights(const TensorMap& tensors, const std::vector<TensorRecipe>& recipes, const Layout& layout,
                             const std::vector<std::size_t>& head_rows, const std::function<void()>& advance);

}  // namespace tenor::import
