#include "import/half.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace tenor::import {

namespace {

float from_half(std::uint16_t bits) {
  const float sign = (bits & 0x8000) != 0 ? -1.0f : 1.0f;
  const int exponent = (bits >> 10) & 0x1F;
  const int fraction = bits & 0x3FF;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  if (exponent == 31) return fraction != 0 ? std::nanf("") : sign * HUGE_VALF;
  return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}

float from_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

// The bytes may stand anywhere: other writers do not align.
template <class T, class Convert>
std::vector<float> convert(const bundle::TensorView& tensor, Convert to_float) {
  std::vector<float> out(tensor.bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < out.size(); ++i) {
    T number;
    std::memcpy(&number, tensor.bytes.data() + i * sizeof(T), sizeof(T));
    out[i] = to_float(number);
  }
  return out;
}

}  // namespace

Result<std::vector<float>> to_floats(const bundle::TensorView& tensor) {
  switch (tensor.dtype) {
    case bundle::DType::f32:
      return convert<float>(tensor, [](float number) { return number; });
    case bundle::DType::f64:
      return convert<double>(tensor, [](double number) { return static_cast<float>(number); });
    case bundle::DType::f16:
      return convert<std::uint16_t>(tensor, from_half);
    case bundle::DType::bf16:
      return convert<std::uint16_t>(tensor, from_bfloat);
    default:
      return fail(ErrorCode::unsupported, "tensor '" + tensor.name + "' is of type " + to_string(tensor.dtype) +
                                              "; expected F32, F16, BF16 or F64");
  }
}

}  // namespace tenor::import
