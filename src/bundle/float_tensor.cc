#include "bundle/float_tensor.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/bf16.h"

namespace tenor::bundle {

namespace {

float widen_f16(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half} >> 15 << 31, exponent = (half >> 10) & 31u, mantissa = half & 1023u;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | mantissa << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  const float subnormal = static_cast<float>(mantissa) * 0x1p-24f;
  return sign != 0 ? -subnormal : subnormal;
}

template <class Stored, class Widen>
void widen(const std::byte* bytes, std::span<float> out, Widen widen_one) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes + i * sizeof(Stored), sizeof(Stored));
    out[i] = widen_one(stored);
  }
}

}  // namespace

bool is_floating(DType dtype) {
  return dtype == DType::f16 || dtype == DType::bf16 || dtype == DType::f32 || dtype == DType::f64;
}

void read_floats(const TensorView& tensor, std::size_t begin, std::span<float> out) {
  const std::byte* bytes = tensor.bytes.data() + begin * size_of(tensor.dtype);
  switch (tensor.dtype) {
    case DType::f32:
      std::memcpy(out.data(), bytes, out.size_bytes());
      return;
    case DType::f16:
      return widen<std::uint16_t>(bytes, out, widen_f16);
    case DType::bf16:
      return widen<std::uint16_t>(bytes, out, bf16_to_float);
    case DType::f64:
      return widen<double>(bytes, out, [](double x) { return static_cast<float>(x); });
    default:
      std::fill(out.begin(), out.end(), 0.0f);
  }
}

Result<std::vector<float>> float_values(const SafeTensors& tensors, const std::string& name,
                                        std::span<const std::size_t> shape) {
  const auto tensor = tensors.get(name);
  if (!tensor) return tl::unexpected(tensor.error());
  if (!std::equal(tensor->shape.begin(), tensor->shape.end(), shape.begin(), shape.end())) {
    return fail(ErrorCode::corrupt,
                "tensor '" + name + "' must have shape " + shape_text(shape) + ", found " + shape_text(tensor->shape));
  }
  if (!is_floating(tensor->dtype)) {
    return fail(ErrorCode::corrupt,
                "tensor '" + name + "' must hold floating numbers, found " + to_string(tensor->dtype));
  }
  std::vector<float> out(element_count(shape).value_or(0));
  read_floats(*tensor, 0, out);
  if (!std::all_of(out.begin(), out.end(), [](float x) { return std::isfinite(x); })) {
    return fail(ErrorCode::corrupt, "tensor '" + name + "' holds numbers that are not finite");
  }
  return out;
}

}  // namespace tenor::bundle
