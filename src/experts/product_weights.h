// A weight matrix with its bias, in the precision and order that products read.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/result.h"
#include "bundle/safetensors.h"
#include "experts/precision.h"
#include "kernels/kernels.h"

namespace tenor::experts {

// int8 weights, a scale an output: weight[o][i] = scales[o] * int8.
struct Int8Matrix {
  std::vector<std::int8_t> packed;  // kernels::pack order
  std::vector<float> scales;        // [padded outputs]
  std::vector<std::int32_t> sums;   // [padded outputs]
};

// Symmetric rounding to nearest of [outputs, inputs] weights; `ranges` [outputs], where given, are the magnitudes that
// become 127 (larger weights are clipped), else each output's largest weight.
Int8Matrix quantize_matrix(std::span<const float> weights, std::size_t inputs, std::span<const float> ranges = {});

// Names of what an int8 bundle stores of the product `name` beside NAME.bias.
struct Int8TensorNames {
  explicit Int8TensorNames(const std::string& name)
      : packed(name + ".packed"), scales(name + ".scales"), sums(name + ".sums"), smooth(name + ".smooth") {}
  std::string packed;  // i8 [padded outputs, padded inputs], in kernels::pack order
  std::string scales;  // f32 [padded outputs]
  std::string sums;    // i32 [padded outputs]
  std::string smooth;  // f32 [inputs], optional: inputs are multiplied by these before they are quantised
};

// Views into the tensors' file where that holds what is needed, copies where not. Immutable; threads may share it.
class ProductWeights {
 public:
  // Stored int8 weights can only be read as int8; stored floats in any precision. Errors: not_found, corrupt,
  // invalid_argument (floats wanted, int8 stored).
  static Result<ProductWeights> open(const bundle::SafeTensors& tensors, const std::string& name, std::size_t outputs,
                                     std::size_t inputs, Precision precision);

  const std::string& name() const { return name_; }  // "layers.0.qkv"
  kernels::PackedMatrix matrix() const;
  const float* smooth() const { return smooth_.size() == 0 ? nullptr : smooth_.data(); }
  Precision precision() const { return precision_; }
  std::size_t owned_bytes() const;  // not counting what lies in the file

 private:
  Status read_int8(const bundle::SafeTensors& tensors, const std::string& name);
  void pack_floats(std::span<const float> weights);

  std::string name_;
  Precision precision_ = Precision::f32;
  std::size_t outputs_ = 0;
  std::size_t inputs_ = 0;
  const std::byte* packed_ = nullptr;  // in the file or in owned_
  AlignedBuffer<std::byte> owned_;
  AlignedBuffer<float> bias_;
  AlignedBuffer<float> scales_;
  AlignedBuffer<std::int32_t> sums_;
  AlignedBuffer<float> smooth_;
};

}  // namespace tenor::experts
