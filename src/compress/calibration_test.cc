#include "compress/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "compress/test_support.h"

namespace tenor::compress {
namespace {

using ::testing::AnyOf;
using testing::float_bundle;
using ::testing::HasSubstr;
using testing::letters_config;
using testing::random_texts;

TEST(CalibrationTest, EveryProductIsSeen) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, experts::testing::random_encoder_tensors(config, 1));
  CalibrationOptions options;
  options.held_rows = 50;
  std::size_t done = 0;  // by eights: three of five are measured, two held back
  options.progress = [&](std::size_t now, std::size_t total) {
    EXPECT_EQ(total, 40u);
    EXPECT_GT(now, done);
    done = now;
  };
  const auto seen = calibrate(floats.bundle(), "", random_texts(40, 2), options);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(done, 40u);
  EXPECT_EQ(seen->texts, 40u);
  EXPECT_GT(seen->tokens, 80u);
  ASSERT_EQ(seen->products.size(), 12u);
  for (const experts::EncoderTensor& product : experts::encoder_products(config)) {
    const ProductInputs& inputs = seen->products.at(product.name);
    EXPECT_EQ(inputs.inputs(), product.shape[1]) << product.name;
    const bool first_tokens_only = product.name.starts_with("layers.2.") && product.name != "layers.2.qkv";
    EXPECT_EQ(inputs.held_rows(), first_tokens_only ? 16u : 50u) << product.name;
    for (std::size_t i = 0; i < inputs.inputs(); ++i) {
      EXPECT_GE(inputs.peaks[i] * inputs.peaks[i] * 1.001f, inputs.mean_squares[i]) << product.name;
      EXPECT_GT(inputs.mean_squares[i], 0.0f) << product.name;
    }
  }
  EXPECT_EQ(calibrate(floats.bundle(), "", random_texts(40, 2), {.held_rows = 50, .progress = {}})
                ->products.at("layers.1.up")
                .held,
            seen->products.at("layers.1.up").held)
      << "the same texts, the same rows";
}

TEST(CalibrationTest, LargeChannelsAreFound) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, testing::tensors_with_outliers(config, 3));
  const auto seen = calibrate(floats.bundle(), "encoder", random_texts(10, 4));
  ASSERT_TRUE(seen);
  for (const char* product : {"layers.0.qkv", "layers.1.up", "layers.2.qkv"}) {
    const auto& peaks = seen->products.at(product).peaks;
    const auto largest = std::max_element(peaks.begin(), peaks.end()) - peaks.begin();
    EXPECT_THAT(largest, AnyOf(3, 17)) << product;
  }
}

TEST(CalibrationTest, WhatCannotBeCalibratedIsSaid) {
  const auto config = letters_config();
  const auto floats = float_bundle(config, experts::testing::random_encoder_tensors(config, 1));
  const auto alone = calibrate(floats.bundle(), "", random_texts(1, 2));
  ASSERT_FALSE(alone);
  EXPECT_THAT(alone.error().message, HasSubstr("at least two texts"));
  const auto unknown = calibrate(floats.bundle(), "nobody", random_texts(3, 2));
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("'nobody'; the bundle has: encoder"));
}

}  // namespace
}  // namespace tenor::compress
