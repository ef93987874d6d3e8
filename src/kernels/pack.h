// The order of numbers in which products read weight matrices. It is the same for every instruction set, so that a
// matrix is packed once, when a bundle is made, and used from the mapped file.
//
// A panel holds kLanes outputs; panels follow each other. Inside a panel: groups of inputs that fill 4 bytes an output
// (4 int8, 2 bf16, 1 float), an output's group after the other's: [outputs / 16][inputs / group][16][group].
// Outputs and inputs beyond the matrix are zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/kernels.h"

namespace tenor::kernels {

inline constexpr std::size_t kGroupInt8 = 4;
inline constexpr std::size_t kGroupBf16 = 2;
inline constexpr std::size_t kGroupF32 = 1;

// Elements of a packed [outputs, inputs] matrix.
constexpr std::size_t packed_size(std::size_t outputs, std::size_t inputs, std::size_t group) {
  return round_up(outputs, kLanes) * round_up(inputs, group);
}

// Position of an element in the packed order.
constexpr std::size_t packed_position(std::size_t output, std::size_t input, std::size_t inputs, std::size_t group) {
  const std::size_t groups = round_up(inputs, group) / group;
  return ((output / kLanes * groups + input / group) * kLanes + output % kLanes) * group + input % group;
}

// matrix and the results are [outputs, inputs] row-major and packed; sizes must fit.
template <class T>
void pack(std::span<const T> matrix, std::size_t inputs, std::size_t group, std::span<T> out) {
  for (T& value : out) value = T{};
  const std::size_t outputs = matrix.size() / inputs;
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) out[packed_position(o, i, inputs, group)] = matrix[o * inputs + i];
  }
}

}  // namespace tenor::kernels
