#include "data/composed_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>

namespace tenor::data {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array<std::int8_t, 3> kLabels = {kPositive, kNeutral, kNegative};

class ComposedTexts : public ::testing::TestWithParam<const Grammar*> {};

TEST_P(ComposedTexts, EverySlotIsFilled) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = composed_text(*GetParam(), kLabels[random.below(3)], random);
    ASSERT_FALSE(text.empty());
    ASSERT_THAT(text, Not(HasSubstr("{"))) << "a name that stands for nothing";
    ASSERT_THAT(text, Not(HasSubstr("}")));
  }
}

// A text made for two labels would teach nothing. Chance lets a good and a bad word of one theme meet ("好" is not
// "差").
TEST_P(ComposedTexts, HardlyAnyTextHasTwoLabels) {
  Random random(2);
  std::map<std::string, std::set<std::int8_t>> labels;
  for (int i = 0; i < 20'000; ++i) {
    const std::int8_t label = kLabels[random.below(3)];
    labels[composed_text(*GetParam(), label, random)].insert(label);
  }
  std::size_t torn = 0;
  for (const auto& [text, found] : labels) torn += found.size() > 1;
  EXPECT_EQ(torn, 0u);
  EXPECT_GT(labels.size(), 5'000u) << "too few different texts";
}

TEST_P(ComposedTexts, TheSameSeedMakesTheSameTexts) {
  Random one(3), two(3);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(composed_text(*GetParam(), kPositive, one), composed_text(*GetParam(), kPositive, two));
  }
}

INSTANTIATE_TEST_SUITE_P(Languages, ComposedTexts, ::testing::Values(&chinese_grammar(), &english_grammar()));

// A grammar of one text a label, so that each part can be told.
constexpr std::array<std::string_view, 1> kSubject = {"tea"}, kGoodWord = {"fine"}, kBadWord = {"weak"},
                                          kProblem = {"leaves"}, kNo = {"not {B}"}, kPraise = {"{S} is {no}"},
                                          kBlame = {"{S} is {B}"}, kShrug = {"{S} is {S}"}, kTurn = {"{A}, but {Z}"},
                                          kFact = {"{S}"}, kSmile = {":)"}, kFrown = {":("};
constexpr std::array<Theme, 1> kThemes = {Theme{kSubject, kGoodWord, kBadWord, kProblem}};
constexpr std::array<Slot, 1> kSlots = {Slot{"no", kNo}};
constexpr Grammar kToy = {kThemes, kSlots, kPraise, kShrug, kBlame, kTurn, kTurn, kTurn, kFact, kSmile, kFrown};

std::set<std::string> all_texts(std::int8_t label) {
  Random random(4);
  std::set<std::string> out;
  for (int i = 0; i < 1000; ++i) out.insert(composed_text(kToy, label, random));
  return out;
}

TEST(ComposedText, TheClauseBehindTheTurnAndTheEmojiDecide) {
  EXPECT_THAT(all_texts(kPositive),
              ::testing::UnorderedElementsAre("tea is not weak", "tea is weak, but tea is not weak", ":)", ":):)",
                                              ":):):)", "tea:)", "tea:):)", "tea:):):)"));
  EXPECT_THAT(all_texts(kNegative), ::testing::Contains("tea is not weak, but tea is weak"));
  EXPECT_THAT(all_texts(kNeutral), ::testing::UnorderedElementsAre("tea is tea", "tea"));
}

}  // namespace
}  // namespace tenor::data
