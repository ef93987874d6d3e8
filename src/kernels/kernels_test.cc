// Every table against double arithmetic, and against the scalar table bit for bit.
#include "kernels/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/bf16.h"
#include "kernels/pack.h"
#include "kernels/test_support.h"

namespace tenor::kernels {
namespace {

using Bytes = std::vector<std::byte>;

class TableTest : public testing::TestWithParam<Isa> {
 protected:
  const Kernels& table() const { return *find_kernels(GetParam()); }
  const Kernels& scalar() const { return *find_kernels(Isa::scalar); }
};

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

// The first `columns` of each row, packed.
std::vector<float> inner(const std::vector<float>& rows, std::size_t columns, std::size_t stride) {
  std::vector<float> out;
  for (std::size_t begin = 0; begin < rows.size(); begin += stride) {
    out.insert(out.end(), rows.begin() + static_cast<std::ptrdiff_t>(begin),
               rows.begin() + static_cast<std::ptrdiff_t>(begin + columns));
  }
  return out;
}

struct Quantized {
  Bytes bytes;
  std::vector<float> scales;
  std::size_t stride = 0;
};

Quantized quantize(const Kernels& table, std::vector<float>& rows, std::size_t count, std::size_t columns,
                   const float* smooth = nullptr) {
  Quantized out;
  out.stride = round_up(columns, 64);
  out.bytes.resize(count * out.stride);
  out.scales.resize(count);
  table.quantize_rows(
      {{rows.data(), rows.size() / count, count, columns}, smooth, out.bytes.data(), out.stride, out.scales.data()});
  return out;
}

// The signed numbers behind the bytes of a table, whatever form it prefers: a product with the identity.
std::vector<float> quantized_values(const Kernels& table, const Quantized& rows, std::size_t count,
                                    std::size_t columns) {
  RandomMatrix identity(columns, columns, 1);
  std::fill(identity.int8.begin(), identity.int8.end(), std::int8_t{0});
  for (std::size_t i = 0; i < columns; ++i) identity.int8[i * columns + i] = 1;
  pack<std::int8_t>(identity.int8, columns, kGroupInt8, identity.packed_int8);
  std::fill(identity.sums.begin(), identity.sums.end(), 1);
  std::fill(identity.scales.begin(), identity.scales.end(), 1.0f);
  std::fill(identity.bias.begin(), identity.bias.end(), 0.0f);
  const PackedMatrix view = identity.as_int8();
  const std::size_t stride = round_up(columns, kLanes);
  std::vector<float> out(count * stride), ones(count, 1.0f);
  table.product_int8({rows.bytes.data(), rows.stride, ones.data(), count, &view, Epilogue::store, out.data(), stride});
  return inner(out, columns, stride);
}

TEST_P(TableTest, QuantizesToNearestWithTheRowsPeakAt127) {
  for (const std::size_t columns : {1u, 15u, 16u, 26u, 100u, 312u}) {
    const std::size_t stride = round_up(columns, kLanes);
    auto rows = random_rows(5, columns, stride, 7);
    for (std::size_t c = 0; c < columns; ++c) rows[3 * stride + c] = 0;
    const auto smooth = random_vector(columns, 9);
    for (const float* factors : {static_cast<const float*>(nullptr), smooth.data()}) {
      const Quantized ours = quantize(table(), rows, 5, columns, factors);
      const auto values = quantized_values(table(), ours, 5, columns);
      for (std::size_t r = 0; r < 5; ++r) {
        float peak = 0;
        for (std::size_t c = 0; c < columns; ++c) {
          const float x = rows[r * stride + c] * (factors == nullptr ? 1 : factors[c]);
          peak = std::max(peak, std::fabs(x));
        }
        EXPECT_EQ(ours.scales[r], peak / 127.0f);
        for (std::size_t c = 0; c < columns; ++c) {
          const float x = rows[r * stride + c] * (factors == nullptr ? 1 : factors[c]);
          const float expected = peak == 0 ? 0 : std::nearbyint(x * (127.0f / peak));
          EXPECT_EQ(values[r * columns + c], expected) << "row " << r << " column " << c << " of " << columns;
        }
      }
    }
  }
}

TEST_P(TableTest, Int8ProductsAreExactAtTheirExtremes) {
  // Largest magnitudes everywhere: what saturates in 16 bits, or in 32, would show.
  for (const std::size_t inputs : {4u, 312u, 3072u, 65536u}) {
    RandomMatrix weights(17, inputs, 3);
    std::vector<float> rows(2 * round_up(inputs, kLanes), 1.0f);
    for (std::size_t i = round_up(inputs, kLanes); i < rows.size(); ++i) rows[i] = i % 2 == 0 ? 1.0f : -1.0f;
    const Quantized in = quantize(table(), rows, 2, inputs);
    const PackedMatrix view = weights.as_int8();
    std::vector<float> out(2 * 32);
    table().product_int8({in.bytes.data(), in.stride, in.scales.data(), 2, &view, Epilogue::store, out.data(), 32});
    for (std::size_t r = 0; r < 2; ++r) {
      for (std::size_t o = 0; o < 17; ++o) {
        std::int64_t exact = 0;
        for (std::size_t i = 0; i < inputs; ++i) {
          exact += (r == 1 && i % 2 == 1 ? -127 : 127) * std::int64_t{weights.int8[o * inputs + i]};
        }
        const float scale = in.scales[r] * weights.scales[o];
        EXPECT_EQ(out[r * 32 + o], std::fma(static_cast<float>(exact), scale, weights.bias[o])) << inputs;
      }
    }
  }
}

struct Shape {
  std::size_t rows, outputs, inputs;
};

constexpr Shape kShapes[] = {{1, 1, 1},    {1, 17, 26},    {2, 312, 100}, {3, 16, 64},  {7, 33, 5},
                             {8, 48, 312}, {9, 936, 312},  {17, 100, 33}, {31, 49, 16}, {257, 21, 40},
                             {16, 64, 64}, {33, 100, 256}, {46, 81, 200}};
constexpr Epilogue kEpilogues[] = {Epilogue::store, Epilogue::add, Epilogue::gelu, Epilogue::gelu_tanh, Epilogue::relu};

enum class Precision { int8, bf16, f32 };

// One product from the same floats by one table.
std::vector<float> run_product(const Kernels& table, Precision precision, const RandomMatrix& weights, Shape shape,
                               Epilogue epilogue) {
  const std::size_t in_stride = round_up(shape.inputs, kLanes), out_stride = round_up(shape.outputs, kLanes) + kLanes;
  auto rows = random_rows(shape.rows, shape.inputs, in_stride, 11);
  std::vector<float> out(shape.rows * out_stride, 0.25f);
  ProductCall call;
  call.rows = shape.rows;
  call.epilogue = epilogue;
  call.out = out.data();
  call.out_stride = out_stride;
  PackedMatrix view;
  call.weights = &view;
  Quantized quantized;
  Bytes bf16(shape.rows * in_stride * 2);
  switch (precision) {
    case Precision::int8:
      quantized = quantize(table, rows, shape.rows, shape.inputs);
      view = weights.as_int8();
      call.in = quantized.bytes.data();
      call.in_stride = quantized.stride;
      call.in_scales = quantized.scales.data();
      table.product_int8(call);
      break;
    case Precision::bf16:
      table.round_rows_bf16({rows.data(), in_stride, shape.rows, shape.inputs}, bf16.data(), in_stride * 2);
      view = weights.as_bf16();
      call.in = bf16.data();
      call.in_stride = in_stride * 2;
      table.product_bf16(call);
      break;
    case Precision::f32:
      view = weights.as_f32();
      call.in = reinterpret_cast<const std::byte*>(rows.data());
      call.in_stride = in_stride * 4;
      table.product_f32(call);
      break;
  }
  return inner(out, shape.outputs, out_stride);
}

double activate(Epilogue epilogue, double x) {
  switch (epilogue) {
    case Epilogue::store:
      return x;
    case Epilogue::add:
      return x + 0.25;
    case Epilogue::gelu:
      return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
    case Epilogue::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case Epilogue::relu:
      return x > 0 ? x : 0;
  }
  return x;
}

TEST_P(TableTest, FloatProductsAreWithinTheirErrorBound) {
  for (const Precision precision : {Precision::f32, Precision::bf16}) {
    for (const Shape& shape : kShapes) {
      const RandomMatrix weights(shape.outputs, shape.inputs, 21);
      auto rows = random_rows(shape.rows, shape.inputs, round_up(shape.inputs, kLanes), 11);
      for (const Epilogue epilogue : kEpilogues) {
        const auto ours = run_product(table(), precision, weights, shape, epilogue);
        for (std::size_t r = 0; r < shape.rows; ++r) {
          for (std::size_t o = 0; o < shape.outputs; ++o) {
            double exact = weights.bias[o], magnitude = std::fabs(exact);
            for (std::size_t i = 0; i < shape.inputs; ++i) {
              double x = rows[r * round_up(shape.inputs, kLanes) + i], w = weights.weights[o * shape.inputs + i];
              if (precision == Precision::bf16) {
                x = bf16_to_float(float_to_bf16(static_cast<float>(x)));
                w = bf16_to_float(float_to_bf16(static_cast<float>(w)));
              }
              exact += x * w;
              magnitude += std::fabs(x * w);
            }
            // n roundings of sums no larger than `magnitude` (Higham 2002, 3.1), then the activation: its slope is
            // below 1.13 and its own error below 4e-7 of its input's size.
            const double bound =
                (static_cast<double>(shape.inputs) + 4) * 0x1p-23 * magnitude * 1.13 + 4e-7 * (1 + std::fabs(exact));
            ASSERT_NEAR(ours[r * shape.outputs + o], activate(epilogue, exact), bound)
                << shape.rows << "x" << shape.outputs << "x" << shape.inputs << " epilogue "
                << static_cast<int>(epilogue);
          }
        }
      }
    }
  }
}

TEST_P(TableTest, ProductsEqualTheScalarTableBitForBit) {
  for (const Precision precision : {Precision::int8, Precision::f32, Precision::bf16}) {
    if (precision == Precision::bf16 && has_bf16_products(GetParam())) continue;
    for (const Shape& shape : kShapes) {
      const RandomMatrix weights(shape.outputs, shape.inputs, 31);
      for (const Epilogue epilogue : kEpilogues) {
        ASSERT_TRUE(same_bits(run_product(table(), precision, weights, shape, epilogue),
                              run_product(scalar(), precision, weights, shape, epilogue)))
            << shape.rows << "x" << shape.outputs << "x" << shape.inputs;
      }
    }
  }
}

TEST_P(TableTest, PanelsTogetherAreTheWholeProduct) {
  const RandomMatrix weights(100, 40, 41);
  auto rows = random_rows(5, 40, 48, 42);
  const Quantized in = quantize(table(), rows, 5, 40);
  const PackedMatrix view = weights.as_int8();
  std::vector<float> whole(5 * 112), parts(5 * 112);
  ProductCall call{in.bytes.data(), in.stride, in.scales.data(), 5, &view, Epilogue::gelu, whole.data(), 112};
  table().product_int8(call);
  call.out = parts.data();
  for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{0, 3}, {3, 4}, {4, 99}}) {
    call.panel_begin = begin;
    call.panel_end = end;
    table().product_int8(call);
  }
  EXPECT_TRUE(same_bits(whole, parts));
}

TEST_P(TableTest, LayerNormNormalisesAndEqualsTheScalarTable) {
  for (const std::size_t columns : {1u, 16u, 26u, 312u, 768u}) {
    const std::size_t stride = round_up(columns, kLanes) + kLanes;
    auto ours = random_rows(3, columns, stride, 51);
    auto theirs = ours;
    const auto before = ours;
    const auto weight = random_vector(columns, 52), bias = random_vector(columns, 53);
    table().layer_norm({{ours.data(), stride, 3, columns}, weight.data(), bias.data(), 1e-5f});
    scalar().layer_norm({{theirs.data(), stride, 3, columns}, weight.data(), bias.data(), 1e-5f});
    EXPECT_TRUE(same_bits(inner(ours, columns, stride), inner(theirs, columns, stride))) << columns;
    for (std::size_t r = 0; r < 3; ++r) {
      double mean = 0, variance = 0;
      const double n = static_cast<double>(columns);
      for (std::size_t c = 0; c < columns; ++c) mean += before[r * stride + c] / n;
      for (std::size_t c = 0; c < columns; ++c) variance += std::pow(before[r * stride + c] - mean, 2) / n;
      for (std::size_t c = 0; c < columns; ++c) {
        const double normal = (before[r * stride + c] - mean) / std::sqrt(variance + 1e-5);
        EXPECT_NEAR(ours[r * stride + c], normal * weight[c] + bias[c], 1e-5 * (1 + std::fabs(normal * weight[c])));
      }
    }
  }
}

struct AttentionShape {
  std::size_t tokens, heads, head_size;
};

using AttentionFunction = void (*Kernels::*)(const AttentionCall&);

std::vector<float> run_attention(const Kernels& table, AttentionShape shape, std::size_t queries,
                                 AttentionFunction attention = &Kernels::attention) {
  const std::size_t hidden = shape.heads * shape.head_size;
  const std::size_t stride = round_up(3 * hidden, kLanes) + kLanes, out_stride = round_up(hidden, kLanes) + kLanes;
  // The padding is read (and its products thrown away), so it holds numbers here, as it does in an encoder.
  auto qkv = random_rows(shape.tokens, stride, stride, 61);
  std::vector<float> out(queries * out_stride), scratch(attention_scratch(shape.tokens, shape.head_size));
  (table.*attention)({qkv.data(), qkv.data() + hidden, qkv.data() + 2 * hidden, stride, stride, queries, shape.tokens,
                      shape.heads, shape.head_size, 1 / std::sqrt(static_cast<float>(shape.head_size)), out.data(),
                      out_stride, scratch.data()});
  return inner(out, hidden, out_stride);
}

TEST_P(TableTest, AttentionIsSoftmaxOfScaledProducts) {
  for (const AttentionShape shape :
       {AttentionShape{1, 1, 1}, {2, 3, 26}, {16, 2, 32}, {17, 12, 26}, {33, 2, 64}, {130, 1, 5}}) {
    const std::size_t hidden = shape.heads * shape.head_size, stride = round_up(3 * hidden, kLanes) + kLanes;
    const auto qkv = random_rows(shape.tokens, stride, stride, 61);
    const auto ours = run_attention(table(), shape, shape.tokens);
    EXPECT_TRUE(same_bits(ours, run_attention(scalar(), shape, shape.tokens))) << shape.tokens;
    const auto first = run_attention(table(), shape, 1);
    EXPECT_TRUE(same_bits(first, std::span(ours).first(hidden))) << "one query alone";
    for (std::size_t h = 0; h < shape.heads; ++h) {
      for (std::size_t q = 0; q < shape.tokens; ++q) {
        std::vector<double> weights(shape.tokens);
        double total = 0;
        for (std::size_t t = 0; t < shape.tokens; ++t) {
          double dot = 0;
          for (std::size_t d = 0; d < shape.head_size; ++d) {
            dot += double{qkv[q * stride + h * shape.head_size + d]} *
                   double{qkv[t * stride + hidden + h * shape.head_size + d]};
          }
          weights[t] = std::exp(dot / std::sqrt(static_cast<double>(shape.head_size)));
          total += weights[t];
        }
        for (std::size_t d = 0; d < shape.head_size; ++d) {
          double expected = 0;
          for (std::size_t t = 0; t < shape.tokens; ++t) {
            expected += weights[t] / total * double{qkv[t * stride + 2 * hidden + h * shape.head_size + d]};
          }
          ASSERT_NEAR(ours[q * hidden + h * shape.head_size + d], expected, 2e-5) << shape.tokens << " tokens";
        }
      }
    }
  }
}

TEST_P(TableTest, Int8AttentionIsCloseToAttentionAndTheSameOnEveryTable) {
  for (const AttentionShape shape : {AttentionShape{1, 1, 1},
                                     {2, 3, 26},
                                     {3, 2, 7},
                                     {16, 2, 32},
                                     {17, 12, 26},
                                     {33, 2, 64},
                                     {130, 1, 5},
                                     {512, 2, 26}}) {
    const std::size_t hidden = shape.heads * shape.head_size;
    const auto ours = run_attention(table(), shape, shape.tokens, &Kernels::attention_int8);
    const auto exact = run_attention(table(), shape, shape.tokens);
    EXPECT_TRUE(same_bits(ours, run_attention(scalar(), shape, shape.tokens, &Kernels::attention_int8)));
    const auto first = run_attention(table(), shape, 1, &Kernels::attention_int8);
    EXPECT_TRUE(same_bits(first, std::span(ours).first(hidden))) << "one query alone";
    double error = 0, size = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      error += std::pow(double{ours[i]} - double{exact[i]}, 2);
      size += std::pow(double{exact[i]}, 2);
    }
    EXPECT_LT(std::sqrt(error / size), 0.02) << shape.tokens << " tokens, heads of " << shape.head_size;
  }
}

TEST_P(TableTest, AttentionSurvivesScoresFarApart) {
  // Two tokens, scores +-1e4: all weight on one of them, no overflow.
  const std::size_t stride = 16 * 4;
  std::vector<float> qkv(2 * stride, 0.0f);
  qkv[0] = 100, qkv[1] = 100, qkv[stride + 1] = -100, qkv[2] = 3, qkv[stride + 2] = 5;
  std::vector<float> out(32), scratch(attention_scratch(2, 1));
  table().attention(
      {qkv.data(), qkv.data() + 1, qkv.data() + 2, stride, stride, 1, 2, 1, 1, 1.0f, out.data(), 32, scratch.data()});
  EXPECT_NEAR(out[0], 3, 1e-6);
}

TEST_P(TableTest, Int8AttentionIsExactAtItsExtremes) {
  // One key takes all weight, so the other weights are stored as -128; values are the largest there are.
  constexpr std::size_t kTokens = 70, kStride = 16 * 4;
  for (const float sign : {1.0f, -1.0f}) {
    std::vector<float> qkv(kTokens * kStride, 0.0f);
    for (std::size_t t = 0; t < kTokens; ++t) qkv[t * kStride + 1] = t == 3 ? 100.0f : -100.0f;
    for (std::size_t t = 0; t < kTokens; ++t) qkv[t * kStride + 2] = t == 3 ? sign * 127 : 127.0f;
    qkv[0] = 100;
    std::vector<float> out(32), scratch(attention_scratch(kTokens, 1));
    table().attention_int8({qkv.data(), qkv.data() + 1, qkv.data() + 2, kStride, kStride, 1, kTokens, 1, 1, 1.0f,
                            out.data(), 32, scratch.data()});
    EXPECT_NEAR(out[0], sign * 127, 1e-4);
  }
}

TEST_P(TableTest, EmbeddingsAndTanhEqualTheScalarTable) {
  const std::size_t columns = 26;
  const auto word = random_rows(1, columns, columns, 71);
  const auto place = random_vector(columns, 72);
  std::vector<std::int8_t> bytes(columns);
  for (std::size_t i = 0; i < columns; ++i) bytes[i] = static_cast<std::int8_t>(static_cast<int>(i) * 9 - 110);
  std::vector<float> ours(32), theirs(32);
  for (const bool int8 : {false, true}) {
    const EmbedCall call{int8 ? nullptr : word.data(), bytes.data(), 0.013f, place.data(), ours.data(), columns};
    table().embed(call);
    EmbedCall same = call;
    same.out = theirs.data();
    scalar().embed(same);
    EXPECT_TRUE(same_bits(ours, theirs));
    for (std::size_t i = 0; i < columns; ++i) {
      const double expected = (int8 ? 0.013 * bytes[i] : double{word[i]}) + place[i];
      EXPECT_NEAR(ours[i], expected, 1e-5);
    }
  }
  for (std::size_t i = 0; i < 32; ++i) ours[i] = theirs[i] = static_cast<float>(i) - 16;
  table().tanh({ours.data(), 32, 1, 32});
  scalar().tanh({theirs.data(), 32, 1, 32});
  EXPECT_TRUE(same_bits(ours, theirs));
  for (std::size_t i = 0; i < 32; ++i) EXPECT_NEAR(ours[i], std::tanh(static_cast<double>(i) - 16), 3e-7);
}

INSTANTIATE_TEST_SUITE_P(Isas, TableTest, testing::ValuesIn(available_isas()),
                         [](const auto& isa) { return std::string(to_string(isa.param)); });

}  // namespace
}  // namespace tenor::kernels
