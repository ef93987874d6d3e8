#include "learn/masking.h"

#include <gtest/gtest.h>

namespace tenor::learn {
namespace {

constexpr std::int64_t kMask = 4, kVocabulary = 105;
constexpr std::size_t kLength = 50;

// Rows of [CLS], words of one or two tokens, [SEP], padding. Tokens from 80 on go on with a word.
std::vector<std::int64_t> some_ids(std::size_t rows) {
  Random random(3);
  std::vector<std::int64_t> out;
  for (std::size_t r = 0; r < rows; ++r) {
    out.push_back(2);
    while (out.size() % kLength < kLength - 5) {
      out.push_back(5 + static_cast<std::int64_t>(random.below(75)));
      if (random.below(2) == 0) out.push_back(80 + static_cast<std::int64_t>(random.below(25)));
    }
    out.push_back(3);
    while (out.size() % kLength != 0) out.push_back(0);
  }
  return out;
}

std::vector<std::uint8_t> continuing() {
  std::vector<std::uint8_t> out(kVocabulary, 0);
  for (std::size_t id = 80; id < out.size(); ++id) out[id] = 1;
  return out;
}

MaskOptions options_of(double rate, double keep, double replace) {
  return {rate, keep, replace, kMask, 5, kVocabulary};
}

TEST(MaskTokens, ChoosesTheRateOfPlainTokens) {
  const auto before = some_ids(200);
  auto ids = before;
  Random random(7);
  const Masked masked = mask_tokens(ids, kLength, continuing(), options_of(0.15, 0.1, 0.1), random);
  std::size_t plain = 0;
  for (const std::int64_t id : before) plain += id >= 5 ? 1 : 0;
  const auto wanted = static_cast<double>(plain) * 0.15;
  EXPECT_GE(static_cast<double>(masked.places.size()), wanted);
  EXPECT_LE(static_cast<double>(masked.places.size()), wanted + 2);  // the last word may be of two tokens
  std::size_t kept = 0, hidden = 0;
  for (std::size_t i = 0; i < masked.places.size(); ++i) {
    const auto place = static_cast<std::size_t>(masked.places[i]);
    EXPECT_EQ(masked.answers[i], before[place]);
    EXPECT_GE(before[place], 5);
    EXPECT_GE(ids[place], kMask);
    kept += ids[place] == before[place] ? 1 : 0;
    hidden += ids[place] == kMask ? 1 : 0;
  }
  const auto count = static_cast<double>(masked.places.size());
  EXPECT_NEAR(static_cast<double>(hidden) / count, 0.8, 0.04);
  EXPECT_NEAR(static_cast<double>(kept) / count, 0.1, 0.03);
}

TEST(MaskTokens, ChangesNothingElse) {
  const auto before = some_ids(20);
  auto ids = before;
  Random random(7);
  const Masked masked = mask_tokens(ids, kLength, continuing(), options_of(0.3, 0, 0.5), random);
  std::vector<std::uint8_t> chosen(ids.size(), 0);
  for (const std::int64_t place : masked.places) chosen[static_cast<std::size_t>(place)] = 1;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (chosen[i] == 0) {
      EXPECT_EQ(ids[i], before[i]);
    }
  }
}

TEST(MaskTokens, HidesWholeWords) {
  const auto before = some_ids(100);
  auto ids = before;
  const auto continues = continuing();
  Random random(9);
  mask_tokens(ids, kLength, continues, options_of(0.2, 0, 0), random);
  for (std::size_t i = 1; i < ids.size(); ++i) {
    if (before[i] < 80) continue;
    EXPECT_EQ(ids[i] == kMask, ids[i - 1] == kMask) << "token " << i;
  }
}

TEST(MaskTokens, DoesNotJoinWordsOverTheEndOfARow) {
  std::vector<std::int64_t> ids = {10, 11, 80, 12};  // two rows; 80 begins the second
  Random random(1);
  const Masked masked = mask_tokens(ids, 2, continuing(), options_of(0.25, 0, 0), random);
  EXPECT_EQ(masked.places.size(), 1u);
}

TEST(MaskTokens, IsTheSameForASeed) {
  auto first = some_ids(10), second = some_ids(10), third = some_ids(10);
  Random a(5), b(5), c(6);
  const auto continues = continuing();
  mask_tokens(first, kLength, continues, options_of(0.15, 0.1, 0.1), a);
  mask_tokens(second, kLength, continues, options_of(0.15, 0.1, 0.1), b);
  mask_tokens(third, kLength, continues, options_of(0.15, 0.1, 0.1), c);
  EXPECT_EQ(first, second);
  EXPECT_NE(first, third);
}

TEST(MaskTokens, LeavesTextsOfSpecialTokensAlone) {
  std::vector<std::int64_t> ids = {2, 3, 0, 1};
  Random random(1);
  EXPECT_TRUE(mask_tokens(ids, 4, continuing(), options_of(1, 0, 0), random).places.empty());
}

}  // namespace
}  // namespace tenor::learn
