// Rounds a matrix of linear weights to eight bits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/sparse_matrix.h"

namespace tenor::train {

// weight ~ bf16(scales[row]) * values[row, column]; symmetric, one scale a row, no value below -127.
struct Int8Rows {
  std::vector<std::int8_t> values;    // [rows, columns]
  std::vector<std::uint16_t> scales;  // [rows], bf16 bits
};

// Brings the columns to a root mean square of 1, so that one scale a row serves them all, and divides the biases
// likewise; a calibration fitted afterwards takes the factors up. `weights` is [rows, columns].
void even_columns(std::span<float> weights, std::span<float> bias);

// Rounds `weights` [rows, columns], finite, so that the margins of `texts` (rows over features) move as little as can
// be: values start at the nearest integer, then each goes one step up or down while that brings the sum of squared
// errors of the texts' margins down. N-grams overlap, so an error in one can be undone in another that comes with it;
// rounding to nearest moved eight times as many decisions of the aspect model. (The idea of adaptive rounding, Nagel et
// al. 2020.)
Int8Rows round_rows(std::span<const float> weights, std::size_t columns, const SparseMatrix& texts);

}  // namespace tenor::train
