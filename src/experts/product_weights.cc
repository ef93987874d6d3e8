#include "experts/product_weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/bf16.h"
#include "bundle/float_tensor.h"
#include "kernels/pack.h"

namespace tenor::experts {

namespace {

using kernels::kLanes;
using kernels::round_up;

template <class T>
AlignedBuffer<T> padded_copy(std::span<const T> values, std::size_t size) {
  AlignedBuffer<T> out(size);
  std::memcpy(out.data(), values.data(), values.size_bytes());
  return out;
}

template <class T>
AlignedBuffer<std::byte> packed_copy(std::span<const T> matrix, std::size_t inputs, std::size_t group) {
  const std::size_t size = kernels::packed_size(matrix.size() / inputs, inputs, group);
  AlignedBuffer<std::byte> out(size * sizeof(T));
  kernels::pack<T>(matrix, inputs, group, {reinterpret_cast<T*>(out.data()), size});
  return out;
}

}  // namespace

Int8Matrix quantize_matrix(std::span<const float> weights, std::size_t inputs, std::span<const float> ranges) {
  const std::size_t outputs = weights.size() / inputs, padded = round_up(outputs, kLanes);
  std::vector<std::int8_t> rows(weights.size());
  Int8Matrix out{{}, std::vector<float>(padded), std::vector<std::int32_t>(padded)};
  for (std::size_t o = 0; o < outputs; ++o) {
    const auto row = weights.subspan(o * inputs, inputs);
    float range = 0;
    for (const float weight : row) range = std::max(range, std::fabs(weight));
    if (!ranges.empty()) range = std::min(range, ranges[o]);
    if (!(range > 0)) continue;
    out.scales[o] = range / 127.0f;
    for (std::size_t i = 0; i < inputs; ++i) {
      const float rounded = std::nearbyint(std::clamp(row[i] / range, -1.0f, 1.0f) * 127.0f);
      rows[o * inputs + i] = static_cast<std::int8_t>(rounded);
      out.sums[o] += rows[o * inputs + i];
    }
  }
  out.packed.resize(kernels::packed_size(outputs, inputs, kernels::kGroupInt8));
  kernels::pack<std::int8_t>(rows, inputs, kernels::kGroupInt8, out.packed);
  return out;
}

Result<ProductWeights> ProductWeights::open(const bundle::SafeTensors& tensors, const std::string& name,
                                            std::size_t outputs, std::size_t inputs, Precision precision) {
  ProductWeights out;
  out.name_ = name;
  out.precision_ = precision;
  out.outputs_ = outputs;
  out.inputs_ = inputs;
  const auto bias = bundle::float_values(tensors, name + ".bias", std::vector<std::size_t>{outputs});
  if (!bias) return tl::unexpected(bias.error());
  out.bias_ = padded_copy<float>(*bias, round_up(outputs, kLanes));
  if (tensors.has(Int8TensorNames(name).packed)) {
    if (precision != Precision::int8) {
      return fail(ErrorCode::invalid_argument, "the bundle holds int8 weights (" + name + "): it cannot run in " +
                                                   to_string(precision) + "; use the float bundle it was made from");
    }
    if (auto status = out.read_int8(tensors, name); !status) return tl::unexpected(status.error());
    return out;
  }
  const auto weights = bundle::float_values(tensors, name + ".weight", std::vector<std::size_t>{outputs, inputs});
  if (!weights) return tl::unexpected(weights.error());
  out.pack_floats(*weights);
  return out;
}

namespace {

// Whether the claimed sums of the weights are right: a product with a row of ones tells in a fraction of the time that
// adding them up takes. (Tables that start at -128 sums find 129 sums - 128 claimed sums, which is the claimed sum only
// where that is right.)
bool sums_agree(const kernels::PackedMatrix& matrix) {
  const kernels::Kernels& table = **kernels::choose_kernels();
  const std::size_t columns = round_up(matrix.inputs, kernels::kGroupInt8) + 1,
                    outputs = round_up(matrix.outputs, kLanes);
  AlignedBuffer<float> row(round_up(columns, kLanes)), out(outputs), ones(outputs), zeros(outputs);
  std::fill_n(row.data(), columns, 1.0f);
  row[columns - 1] = 127;  // beyond the matrix: it makes one step of the row's rounding exactly 1
  std::fill_n(ones.data(), outputs, 1.0f);
  AlignedBuffer<std::byte> bytes(round_up(columns, 64));
  float scale = 0;
  table.quantize_rows({{row.data(), row.size(), 1, columns}, nullptr, bytes.data(), bytes.size(), &scale});
  kernels::PackedMatrix plain = matrix;
  plain.scales = ones.data();
  plain.bias = zeros.data();
  table.product_int8({bytes.data(), bytes.size(), &scale, 1, &plain, kernels::Epilogue::store, out.data(), outputs});
  return std::equal(out.data(), out.data() + outputs, matrix.sums,
                    [](float found, std::int32_t claimed) { return found == static_cast<float>(claimed); });
}

}  // namespace

Status ProductWeights::read_int8(const bundle::SafeTensors& tensors, const std::string& name) {
  const Int8TensorNames names(name);
  const std::size_t outputs = round_up(outputs_, kLanes);
  const auto packed = tensors.values<std::int8_t>(names.packed, {outputs, round_up(inputs_, kernels::kGroupInt8)});
  if (!packed) return tl::unexpected(packed.error());
  const auto scales = bundle::float_values(tensors, names.scales, std::vector<std::size_t>{outputs});
  if (!scales) return tl::unexpected(scales.error());
  const auto sums = tensors.values<std::int32_t>(names.sums, {outputs});
  if (!sums) return tl::unexpected(sums.error());
  if (std::memchr(packed->data(), 0x80, packed->size()) != nullptr) {  // its sign cannot be turned
    return fail(ErrorCode::corrupt, "tensor '" + names.packed + "' holds -128; int8 weights are -127 to 127");
  }
  packed_ = reinterpret_cast<const std::byte*>(packed->data());
  scales_ = padded_copy<float>(*scales, outputs);
  sums_ = padded_copy<std::int32_t>(*sums, outputs);
  // Some instruction sets use the sums, some do not: wrong ones would make answers depend on the processor.
  if (!sums_agree(matrix())) {
    return fail(ErrorCode::corrupt, "tensor '" + names.sums + "' does not hold the sums of " + names.packed);
  }
  if (tensors.has(names.smooth)) {
    const auto smooth = bundle::float_values(tensors, names.smooth, std::vector<std::size_t>{inputs_});
    if (!smooth) return tl::unexpected(smooth.error());
    smooth_ = padded_copy<float>(*smooth, round_up(inputs_, kLanes));
  }
  return {};
}

void ProductWeights::pack_floats(std::span<const float> weights) {
  switch (precision_) {
    case Precision::f32:
      owned_ = packed_copy<float>(weights, inputs_, kernels::kGroupF32);
      break;
    case Precision::bf16: {
      std::vector<std::uint16_t> bits(weights.size());
      std::transform(weights.begin(), weights.end(), bits.begin(), float_to_bf16);
      owned_ = packed_copy<std::uint16_t>(bits, inputs_, kernels::kGroupBf16);
      break;
    }
    case Precision::int8: {
      const Int8Matrix matrix = quantize_matrix(weights, inputs_);
      owned_ = AlignedBuffer<std::byte>(matrix.packed.size());
      std::memcpy(owned_.data(), matrix.packed.data(), matrix.packed.size());
      scales_ = padded_copy<float>(matrix.scales, matrix.scales.size());
      sums_ = padded_copy<std::int32_t>(matrix.sums, matrix.sums.size());
      break;
    }
  }
  packed_ = owned_.data();
}

kernels::PackedMatrix ProductWeights::matrix() const {
  return {packed_, scales_.data(), sums_.data(), bias_.data(), outputs_, inputs_};
}

std::size_t ProductWeights::owned_bytes() const {
  return owned_.bytes() + bias_.bytes() + scales_.bytes() + sums_.bytes() + smooth_.bytes();
}

}  // namespace tenor::experts
