#include "text/cues.h"

#include <gtest/gtest.h>

#include <string_view>

#include "text/normalizer.h"

namespace tenor::text {
namespace {

TextCues cues_of(std::string_view utf8) {
  NormalizedText text;
  normalize(utf8, text);
  return find_cues(text.chars);
}

TEST(TextCuesTest, CountsChineseNegationAndContrast) {
  const TextCues cues = cues_of("不好吃，没味道，但环境还行！不过贵？可是尽管");
  EXPECT_EQ(cues.negations, 2u);
  EXPECT_EQ(cues.contrasts, 4u) << "不过 is no negation";
  EXPECT_EQ(cues.exclamations, 1u);
  EXPECT_EQ(cues.questions, 1u);
  EXPECT_EQ(cues.latin, 0.0f);
  EXPECT_GT(cues.han, 0.7f);
}

TEST(TextCuesTest, CountsWholeEnglishWords) {
  const TextCues cues = cues_of("I don't know, nothing butter; not good but cheap");
  EXPECT_EQ(cues.negations, 2u);
  EXPECT_EQ(cues.contrasts, 1u);
  EXPECT_EQ(cues.han, 0.0f);
}

TEST(TextCuesTest, CountsEmojiAndEndsOfText) {
  EXPECT_EQ(cues_of("好😀😡 :-)").emoji, 3u);
  EXPECT_EQ(cues_of("不").negations, 1u);
  EXPECT_EQ(cues_of("not").negations, 1u);
  EXPECT_EQ(cues_of("x'").latin, 0.5f);
  const TextCues nothing = find_cues({});
  EXPECT_EQ(nothing.characters, 0u);
  EXPECT_EQ(nothing.han, 0.0f);
}

}  // namespace
}  // namespace tenor::text
