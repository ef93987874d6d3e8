// Which weights of an output become 127: the range of its int8 numbers.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tenor::compress {

float peak_of(std::span<const float> numbers);  // largest magnitude

// Largest magnitude that becomes 127, for a row of weights: the one of a few candidates from the row's peak downwards
// with the least squared error. Choukroun et al. 2019 ("Low-bit Quantization of Neural Networks for Efficient
// Inference") minimise the same. `importance` [row.size()], where given, weighs the errors: the mean squares of the
// inputs that meet the weights, so that the error of the output is what is kept small.
float best_range(std::span<const float> row, std::span<const float> importance = {});

// A range for each output of [outputs, inputs] weights: best_range(), or the output's peak.
std::vector<float> weight_ranges(std::span<const float> weights, std::size_t inputs, bool search,
                                 std::span<const float> importance = {});

}  // namespace tenor::compress
