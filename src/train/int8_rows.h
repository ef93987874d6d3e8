// Rounds a matrix of linear weights to eight bits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tenor::train {

// weight ~ bf16(scales[row]) * values[row, column]; symmetric, one scale a row, no value below -127.
struct Int8Rows {
  std::vector<std::int8_t> values;    // [rows, columns]
  std::vector<std::uint16_t> scales;  // [rows], bf16 bits
};

// `weights` is [rows, columns], finite. The scale is rounded first and the values to what it then gives.
Int8Rows round_rows(std::span<const float> weights, std::size_t columns);

}  // namespace tenor::train
