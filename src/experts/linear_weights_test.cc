#include "experts/linear_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/bf16.h"
#include "base/random.h"

namespace tenor::experts {
namespace {

using bundle::DType;
using bundle::tensor_source;
using bundle::TensorSource;
using ::testing::HasSubstr;

// Tensors over their own bytes.
struct File {
  explicit File(const std::vector<TensorSource>& sources)
      : bytes(bundle::write_safetensors(sources).value()),
        tensors(bundle::SafeTensors::parse(std::as_bytes(std::span(bytes)), "test").value()) {}
  std::string bytes;
  bundle::SafeTensors tensors;
};

TensorSource as_bf16(TensorSource source) {
  source.dtype = DType::bf16;
  return source;
}

// int8 weights and the same numbers in float32: scales are powers of two, so that all products are exact.
struct BothKinds {
  BothKinds(std::size_t feature_count, std::size_t column_count, std::uint64_t seed)
      : features(feature_count), columns(column_count) {
    Random random(seed);
    for (std::size_t f = 0; f < features; ++f) {
      const float scale = std::ldexp(1.0f, static_cast<int>(random.below(8)) - 6);
      scales.push_back(float_to_bf16(scale));
      for (std::size_t c = 0; c < columns; ++c) {
        steps.push_back(static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127));
        numbers.push_back(scale * static_cast<float>(steps.back()));
      }
    }
    for (std::size_t c = 0; c < columns; ++c) bias.push_back(static_cast<float>(random.below(17)) / 4 - 2);
  }
  File int8_file() const {
    return File({tensor_source("s.weights", {features, columns}, steps),
                 as_bf16(tensor_source("s.scales", {features}, scales)), tensor_source("s.bias", {columns}, bias)});
  }
  File float_file() const {
    return File({tensor_source("s.weights", {features, columns}, numbers), tensor_source("s.bias", {columns}, bias)});
  }

  std::size_t features, columns;
  std::vector<std::int8_t> steps;
  std::vector<std::uint16_t> scales;
  std::vector<float> numbers;
  std::vector<float> bias;
};

FeatureVector some_features(std::size_t features, std::size_t count, std::uint64_t seed) {
  Random random(seed);
  FeatureVector vector;
  for (std::size_t i = 0; i < count; ++i) {
    vector.ids.push_back(static_cast<std::uint32_t>(random.below(features)));
    vector.counts.push_back(1);
    vector.values.push_back(static_cast<float>(random.below(9)) / 8);
  }
  return vector;
}

TEST(LinearWeightsTest, Int8AndFloat32OfTheSameNumbersAgreeExactly) {
  for (const std::size_t columns : {1u, 2u, 6u, 7u, 144u}) {
    const BothKinds both(40, columns, columns);
    const File int8_file = both.int8_file(), float_file = both.float_file();
    const auto int8 = LinearWeights::open(int8_file.tensors, "s.", 40, columns);
    const auto float32 = LinearWeights::open(float_file.tensors, "s.", 40, columns);
    ASSERT_TRUE(int8) << int8.error().message;
    ASSERT_TRUE(float32) << float32.error().message;
    EXPECT_TRUE(int8->is_int8());
    EXPECT_FALSE(float32->is_int8());
    EXPECT_EQ(int8->columns(), columns);
    for (const std::size_t count : {0u, 1u, 7u, 30u}) {
      const FeatureVector features = some_features(40, count, count);
      std::vector<float> a(columns), b(columns);
      int8->score(features, a);
      float32->score(features, b);
      EXPECT_EQ(a, b) << columns << " columns, " << count << " features";
    }
    std::vector<float> a(columns), b(columns);
    for (std::uint32_t f = 0; f < 40; ++f) {
      int8->row(f, a);
      float32->row(f, b);
      EXPECT_EQ(a, b);
    }
  }
}

TEST(LinearWeightsTest, MarginIsBiasAndTheSumOfItsRows) {
  for (const std::size_t columns : {3u, 6u, 72u}) {
    const BothKinds both(100, columns, 9);
    const File file = both.int8_file();
    const auto weights = LinearWeights::open(file.tensors, "s.", 100, columns);
    ASSERT_TRUE(weights);
    const FeatureVector features = some_features(100, 50, 3);
    std::vector<double> expected(both.bias.begin(), both.bias.end());
    std::vector<float> row(columns), margins(columns);
    for (std::size_t i = 0; i < 50; ++i) {
      weights->row(features.ids[i], row);
      for (std::size_t c = 0; c < columns; ++c) {
        EXPECT_EQ(row[c], both.numbers[features.ids[i] * columns + c]);
        expected[c] += static_cast<double>(features.values[i]) * static_cast<double>(row[c]);
      }
    }
    weights->score(features, margins);
    for (std::size_t c = 0; c < columns; ++c) EXPECT_NEAR(margins[c], expected[c], 1e-3);
  }
}

struct Damage {
  const char* what;
  std::vector<TensorSource> tensors;
  const char* message;
};

TEST(LinearWeightsTest, MissingAndMisshapenTensorsAreErrors) {
  const std::vector<float> six(6, 1), two(2, 1), three(3, 1), one(1, 1);
  const std::vector<double> doubles(6, 1);
  const std::vector<std::int8_t> bytes(6, 1);
  const std::vector<std::uint16_t> scales(3, 0x3F80), few_scales(2, 0x3F80);
  const auto good_bias = tensor_source("s.bias", {2}, two);
  const auto int8 = tensor_source("s.weights", {3, 2}, bytes);
  const std::vector<Damage> cases = {
      {"no bias", {tensor_source("s.weights", {3, 2}, six)}, "s.bias"},
      {"no weights", {good_bias}, "s.weights"},
      {"another prefix", {tensor_source("t.weights", {3, 2}, six), good_bias}, "s.weights"},
      {"transposed", {tensor_source("s.weights", {2, 3}, six), good_bias}, "[3, 2]"},
      {"flat", {tensor_source("s.weights", {6}, six), good_bias}, "[3, 2]"},
      {"short bias", {tensor_source("s.weights", {3, 2}, six), tensor_source("s.bias", {1}, one)}, "s.bias"},
      {"double weights", {tensor_source("s.weights", {3, 2}, doubles), good_bias}, "s.weights"},
      {"int8 without scales", {int8, good_bias}, "s.scales"},
      {"int8 with too few scales", {int8, as_bf16(tensor_source("s.scales", {2}, few_scales)), good_bias}, "s.scales"},
      {"int8 with float scales", {int8, tensor_source("s.scales", {3}, three), good_bias}, "s.scales"},
  };
  for (const Damage& damage : cases) {
    const File file(damage.tensors);
    const auto weights = LinearWeights::open(file.tensors, "s.", 3, 2);
    ASSERT_FALSE(weights) << damage.what;
    EXPECT_THAT(weights.error().message, HasSubstr(damage.message)) << damage.what;
  }
}

// One of them would turn every probability of a text into "not a number".
TEST(LinearWeightsTest, NumbersThatAreNotFiniteAreErrors) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {nan, infinity, -infinity}) {
    BothKinds in_bias(3, 2, 1), in_weights(3, 2, 1), in_scales(3, 2, 1);
    in_bias.bias[1] = bad;
    in_weights.numbers[4] = bad;
    in_scales.scales[2] = static_cast<std::uint16_t>(std::isnan(bad) ? 0x7FC0 : (bad > 0 ? 0x7F80 : 0xFF80));
    for (const File& file :
         {in_bias.float_file(), in_bias.int8_file(), in_weights.float_file(), in_scales.int8_file()}) {
      const auto weights = LinearWeights::open(file.tensors, "s.", 3, 2);
      ASSERT_FALSE(weights);
      EXPECT_EQ(weights.error().code, ErrorCode::corrupt);
      EXPECT_THAT(weights.error().message, HasSubstr("finite"));
    }
  }
}

}  // namespace
}  // namespace tenor::experts
