#include "experts/stored_weights.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "experts/encoder_weights.h"
#include "experts/product_weights.h"

namespace tenor::experts {
namespace {

constexpr std::size_t kOutputs = 20, kInputs = 10;  // neither a multiple of the packing

std::vector<float> random_numbers(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> out(count);
  for (float& x : out) x = static_cast<float>(random.uniform() - 0.5);
  return out;
}

bundle::SafeTensors parsed(const std::string& bytes) {
  return bundle::SafeTensors::parse(std::as_bytes(std::span(bytes)), "test").value();
}

TEST(StoredWeights, Int8ProductsComeBackWithinAStepOfRounding) {
  const auto weights = random_numbers(kOutputs * kInputs, 1), smooth = random_numbers(kInputs, 2);
  std::vector<float> divided = weights;
  for (std::size_t i = 0; i < divided.size(); ++i) divided[i] /= smooth[i % kInputs] + 1;
  const Int8Matrix matrix = quantize_matrix(divided, kInputs);
  std::vector<float> factors = smooth;
  for (float& x : factors) x += 1;
  const std::string bytes = *bundle::write_safetensors({
      bundle::tensor_source("p.packed", {32, 12}, matrix.packed),
      bundle::tensor_source("p.scales", {32}, matrix.scales),
      bundle::tensor_source("p.smooth", {kInputs}, factors),
  });
  const auto found = stored_weights(parsed(bytes), {"p.weight", {kOutputs, kInputs}});
  ASSERT_TRUE(found) << found.error().message;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    EXPECT_NEAR((*found)[i], weights[i], factors[i % kInputs] * matrix.scales[i / kInputs] * 0.501) << i;
  }
}

TEST(StoredWeights, WordsAndFloatsComeBack) {
  const std::vector<std::int8_t> words = {1, -2, 3, 127};
  const std::vector<float> scales = {0.5f, 2.0f}, bias = {1.5f, -1.0f};
  const std::string bytes = *bundle::write_safetensors({
      bundle::tensor_source("embeddings.word", {2, 2}, words),
      bundle::tensor_source(kWordScales, {2}, scales),
      bundle::tensor_source("p.bias", {2}, bias),
  });
  EXPECT_EQ(stored_weights(parsed(bytes), {"embeddings.word", {2, 2}}).value(),
            (std::vector<float>{0.5f, -1.0f, 6.0f, 254.0f}));
  EXPECT_EQ(stored_weights(parsed(bytes), {"p.bias", {2}}).value(), bias);
  EXPECT_EQ(stored_weights(parsed(bytes), {"q.bias", {2}}).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace tenor::experts
