// Random matrices in the layouts that kernels read, for tests and benchmarks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "base/bf16.h"
#include "kernels/kernels.h"
#include "kernels/pack.h"

namespace tenor::kernels {

// Whether bf16 products are the processor's own, which round in their own way.
inline bool has_bf16_products(Isa isa) {
  return isa == Isa::avx512_bf16 || isa == Isa::amx;
}

// Rows of normal numbers with NaN in the padding: whoever reads it and lets it count is found out.
inline std::vector<float> random_rows(std::size_t rows, std::size_t columns, std::size_t stride, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> out(rows * stride, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) out[r * stride + c] = normal(random);
  }
  return out;
}

// Numbers for [columns] with zeros up to the padded size.
inline std::vector<float> random_vector(std::size_t columns, unsigned seed) {
  std::vector<float> out = random_rows(1, columns, columns, seed);
  out.resize(round_up(columns, kLanes));
  return out;
}

// One matrix in all three precisions; int8 weights reach -127 and 127.
struct RandomMatrix {
  RandomMatrix(std::size_t outputs, std::size_t inputs, unsigned seed)
      : weights(random_rows(outputs, inputs, inputs, seed)), bias(random_vector(outputs, seed + 1)) {
    const std::size_t padded = round_up(outputs, kLanes);
    scales.assign(padded, 0);
    sums.assign(padded, 0);
    std::mt19937 random(seed + 2);
    std::uniform_int_distribution<int> byte(-127, 127);
    int8.resize(outputs * inputs);
    for (std::size_t o = 0; o < outputs; ++o) {
      scales[o] = 0.001f + 0.0001f * static_cast<float>(o % 7);
      for (std::size_t i = 0; i < inputs; ++i) {
        int8[o * inputs + i] = static_cast<std::int8_t>(o % 5 == 0 ? (i % 2 == 0 ? 127 : -127) : byte(random));
        sums[o] += int8[o * inputs + i];
      }
    }
    for (const float weight : weights) bf16.push_back(float_to_bf16(weight));
    packed_int8.resize(packed_size(outputs, inputs, kGroupInt8));
    packed_bf16.resize(packed_size(outputs, inputs, kGroupBf16));
    packed_f32.resize(packed_size(outputs, inputs, kGroupF32));
    pack<std::int8_t>(int8, inputs, kGroupInt8, packed_int8);
    pack<std::uint16_t>(bf16, inputs, kGroupBf16, packed_bf16);
    pack<float>(weights, inputs, kGroupF32, packed_f32);
    view = {nullptr, scales.data(), sums.data(), bias.data(), outputs, inputs};
  }

  PackedMatrix as_int8() const { return with(packed_int8.data()); }
  PackedMatrix as_bf16() const { return with(packed_bf16.data()); }
  PackedMatrix as_f32() const { return with(packed_f32.data()); }

  std::vector<float> weights;  // [outputs, inputs]
  std::vector<std::int8_t> int8;
  std::vector<std::uint16_t> bf16;
  std::vector<float> bias, scales;
  std::vector<std::int32_t> sums;
  std::vector<std::int8_t> packed_int8;
  std::vector<std::uint16_t> packed_bf16;
  std::vector<float> packed_f32;
  PackedMatrix view;

 private:
  PackedMatrix with(const void* packed) const {
    PackedMatrix out = view;
    out.packed = static_cast<const std::byte*>(packed);
    return out;
  }
};

}  // namespace tenor::kernels
