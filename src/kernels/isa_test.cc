#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/bf16.h"
#include "kernels/kernels.h"
#include "kernels/pack.h"

namespace tenor::kernels {
namespace {

TEST(IsaTest, ScalarIsAlwaysThereAndTheBestIsChosen) {
  const auto available = available_isas();
  ASSERT_FALSE(available.empty());
  EXPECT_EQ(available.front(), Isa::scalar);
  EXPECT_EQ((*choose_kernels())->isa, available.back());
  EXPECT_EQ((*choose_kernels("auto"))->isa, available.back());
  for (const Isa isa : available) EXPECT_EQ((*choose_kernels(to_string(isa)))->isa, isa);
}

TEST(IsaTest, RefusesWhatIsUnknownOrLacking) {
  const auto unknown = choose_kernels("sse9");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::invalid_argument);
  EXPECT_NE(unknown.error().message.find("scalar"), std::string::npos);
#if defined(__x86_64__)
  const auto lacking = choose_kernels("neon");
#else
  const auto lacking = choose_kernels("avx2");
#endif
  ASSERT_FALSE(lacking);
  EXPECT_EQ(lacking.error().code, ErrorCode::unsupported);
}

TEST(IsaTest, WhatTheProcessorLacksIsRefused) {
  const auto available = available_isas();
  for (const Isa isa : {Isa::scalar, Isa::neon, Isa::avx2, Isa::avx512, Isa::avx512_vnni, Isa::avx512_bf16, Isa::amx}) {
    const bool has = std::find(available.begin(), available.end(), isa) != available.end();
    EXPECT_EQ(find_kernels(isa) != nullptr, has);
    const auto chosen = choose_kernels(to_string(isa));
    ASSERT_EQ(chosen.has_value(), has) << to_string(isa);
    if (!has) {
      EXPECT_EQ(chosen.error().code, ErrorCode::unsupported);
    }
  }
}

// TENOR_TEST_ISAS names what the processor, where it is an emulated one, is known to have.
TEST(IsaTest, EmulatedProcessorsHaveWhatTheyAreKnownToHave) {
  const char* expected = std::getenv("TENOR_TEST_ISAS");
  if (expected == nullptr) GTEST_SKIP() << "a processor that nobody has described";
  std::string found;
  for (const Isa isa : available_isas()) found += (found.empty() ? "" : " ") + std::string(to_string(isa));
  EXPECT_EQ(found, expected);
}

TEST(PackTest, EveryElementHasItsPlaceAndTheRestAreZeros) {
  const std::size_t outputs = 19, inputs = 7;
  std::vector<std::int8_t> matrix(outputs * inputs);
  for (std::size_t i = 0; i < matrix.size(); ++i) matrix[i] = static_cast<std::int8_t>(i % 100 + 1);
  std::vector<std::int8_t> packed(packed_size(outputs, inputs, kGroupInt8), 99);
  ASSERT_EQ(packed.size(), 32u * 8u);
  pack<std::int8_t>(matrix, inputs, kGroupInt8, packed);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) {
      EXPECT_EQ(packed[packed_position(o, i, inputs, kGroupInt8)], matrix[o * inputs + i]);
    }
  }
  EXPECT_EQ(packed[packed_position(18, 7, inputs, kGroupInt8)], 0) << "an input too many";
  EXPECT_EQ(packed[packed_position(19, 0, inputs, kGroupInt8)], 0) << "an output too many";
  EXPECT_EQ(packed_position(0, 4, inputs, kGroupInt8), 64u) << "the second group of the first panel";
}

TEST(Bf16Test, RoundsToNearestEven) {
  EXPECT_EQ(bf16_to_float(float_to_bf16(1.0f)), 1.0f);
  EXPECT_EQ(float_to_bf16(1.00390625f), float_to_bf16(1.0f)) << "half way goes to even";
  EXPECT_EQ(bf16_to_float(float_to_bf16(1.01171875f)), 1.015625f) << "half way goes to even";
  EXPECT_NE(bf16_to_float(float_to_bf16(std::numeric_limits<float>::quiet_NaN())),
            bf16_to_float(float_to_bf16(std::numeric_limits<float>::quiet_NaN())));
}

}  // namespace
}  // namespace tenor::kernels
