#include "ship/encoder_latency.h"

#include <gtest/gtest.h>

#include "engine/test_encoders.h"

namespace tenor::ship {
namespace {

data::Dataset rows_of_lengths(std::size_t longest) {
  data::Dataset out;
  for (std::size_t length = longest; length > 0; --length) {
    data::Row& row = out.rows.emplace_back();
    for (std::size_t i = 0; i < length; ++i) row.text += "好";
  }
  return out;
}

TEST(EncoderLatencyTest, TimesTextsOfMedianLengthAndLongOnes) {
  const auto found = time_encoders(engine::testing::encoder_bundle(), rows_of_lengths(101)).value();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].expert, "encoder");
  EXPECT_EQ(found[0].quantile, 0.5);
  EXPECT_EQ(found[0].characters, 51u);
  EXPECT_EQ(found[0].texts, 33u);
  EXPECT_EQ(found[0].tokens, 16u) << "as many as it reads";
  EXPECT_GT(found[0].milliseconds, 0);
  EXPECT_EQ(found[1].characters, 91u);
}

TEST(EncoderLatencyTest, FewTextsAreEnough) {
  const auto found = time_encoders(engine::testing::encoder_bundle(), rows_of_lengths(1)).value();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].texts, 1u);
  EXPECT_EQ(found[0].tokens, 3u);
}

TEST(EncoderLatencyTest, NothingToTime) {
  EXPECT_TRUE(
      time_encoders(engine::testing::toy_bundle(engine::testing::toy_zh()), rows_of_lengths(3)).value().empty());
  EXPECT_FALSE(time_encoders(engine::testing::encoder_bundle(), {}));
}

}  // namespace
}  // namespace tenor::ship
