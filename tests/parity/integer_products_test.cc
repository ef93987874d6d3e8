// Products of int8 rows and weights are exactly those of 64-bit integers, in every table.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/pack.h"
#include "torch_encoder.h"

namespace tenor::parity {
namespace {

using kernels::kLanes;
using kernels::round_up;

struct Shape {
  std::size_t rows, outputs, inputs;
};

std::vector<std::int8_t> random_bytes(std::size_t count, std::mt19937& random) {
  std::vector<std::int8_t> out(count);
  for (std::int8_t& value : out) value = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
  return out;
}

// Sums of whole numbers as floats: nothing is scaled, and no bias is added.
std::vector<float> product(const kernels::Kernels& table, const std::vector<std::int8_t>& rows,
                           const std::vector<std::int8_t>& weights, const Shape& shape) {
  const std::size_t columns = round_up(shape.inputs, kLanes), padded = round_up(shape.outputs, kLanes);
  std::vector<float> in(shape.rows * columns), out(shape.rows * padded), row_scales(shape.rows);
  for (std::size_t i = 0; i < rows.size(); ++i) in[i / shape.inputs * columns + i % shape.inputs] = rows[i];
  std::vector<std::byte> staged(shape.rows * columns);
  table.quantize_rows(
      {{in.data(), columns, shape.rows, shape.inputs}, nullptr, staged.data(), columns, row_scales.data()});
  EXPECT_EQ(row_scales, std::vector<float>(shape.rows, 1.0f)) << "whole numbers up to 127 stay as they are";
  std::vector<std::int8_t> packed(kernels::packed_size(shape.outputs, shape.inputs, kernels::kGroupInt8));
  kernels::pack<std::int8_t>(weights, shape.inputs, kernels::kGroupInt8, packed);
  std::vector<std::int32_t> sums(padded);
  for (std::size_t i = 0; i < weights.size(); ++i) sums[i / shape.inputs] += weights[i];
  const std::vector<float> ones(padded, 1.0f), zeros(padded, 0.0f);
  const kernels::PackedMatrix matrix{reinterpret_cast<const std::byte*>(packed.data()),
                                     ones.data(),
                                     sums.data(),
                                     zeros.data(),
                                     shape.outputs,
                                     shape.inputs};
  kernels::ProductCall call;
  call.in = staged.data();
  call.in_stride = columns;
  call.in_scales = row_scales.data();
  call.rows = shape.rows;
  call.weights = &matrix;
  call.out = out.data();
  call.out_stride = padded;
  table.product_int8(call);
  return out;
}

TEST(IntegerProductsTest, EqualThoseOf64BitIntegers) {
  std::mt19937 random(1);
  for (const Shape& shape : {Shape{1, 936, 312},
                             {512, 312, 312},
                             {257, 1200, 312},
                             {31, 312, 1200},
                             {17, 768, 3072},
                             {2, 2304, 768},
                             {5, 3, 26},
                             {3, 75, 1}}) {
    auto rows = random_bytes(shape.rows * shape.inputs, random);
    for (std::size_t r = 0; r < shape.rows; ++r) {  // each row's largest magnitude is 127, so that its scale is 1
      rows[r * shape.inputs + random() % shape.inputs] = static_cast<std::int8_t>(r % 2 == 0 ? 127 : -127);
    }
    auto weights = random_bytes(shape.outputs * shape.inputs, random);
    for (std::size_t i = 0; i < shape.inputs; ++i) weights[i] = rows[i] < 0 ? -127 : 127;  // the largest sum there is
    const auto expected = integer_product(rows, weights, shape.inputs);
    for (const kernels::Isa isa : kernels::available_isas()) {
      const auto ours = product(*kernels::find_kernels(isa), rows, weights, shape);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const float found = ours[i / shape.outputs * round_up(shape.outputs, kLanes) + i % shape.outputs];
        if (found != static_cast<float>(expected[i])) ++wrong;
      }
      EXPECT_EQ(wrong, 0u) << to_string(isa) << " " << shape.rows << "x" << shape.outputs << "x" << shape.inputs;
    }
  }
}

}  // namespace
}  // namespace tenor::parity
