#include "text/normalizer.h"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include "text/utf8.h"

namespace tenor::text {
namespace {

std::string normalized(std::string_view utf8) {
  NormalizedText text;
  normalize(utf8, text);
  return to_utf8(text);
}

// Original bytes that the i-th normalised character stands for.
std::string source(std::string_view utf8, const NormalizedText& text, std::size_t i) {
  return std::string(utf8.substr(text.byte_begin[i], text.byte_end[i] - text.byte_begin[i]));
}

TEST(Normalizer, MapsWidthAndCase) {
  EXPECT_EQ(normalized("ＡＢＣ１２３ Ünïcode ÀÉ"), "abc123 ünïcode àé");
  EXPECT_EQ(normalized("很好！（真的），50％"), "很好!(真的),50%");
  EXPECT_EQ(normalized("ｶﾞｷﾞ"), "ガギ");
  EXPECT_EQ(normalized("ẞ İ ΣΑΣ"), "ß i σασ");
}

TEST(Normalizer, ExpandsCompatibilityCharacters) {
  EXPECT_EQ(normalized("㎏ ﬁ … № ½ ™ ℃ ㈱ ①"), "kg fi ... no 1⁄2 tm °c (株) 1");
  EXPECT_EQ(normalized("㍿"), "株式会社");
}

TEST(Normalizer, SimplifiesCharacterByCharacter) {
  EXPECT_EQ(normalized("這個東西很讚，質量沒話說"), "这个东西很赞,质量没话说");
  EXPECT_EQ(normalized("頭髮與發現"), "头发与发现");
  EXPECT_EQ(normalized("\u8584\u82E7\u85B4"), "薄苎苎");  // 薴 -> 苧 -> 苎
}

TEST(Normalizer, ComposesCombiningSequences) {
  EXPECT_EQ(normalized("cafe\u0301"), "café");
  EXPECT_EQ(normalized("J\u030C"), "\u01F0");
  EXPECT_EQ(normalized("\u1112\u1161\u11AB"), "한");
  EXPECT_EQ(normalized("e\u200B\u0301"), "é");
  EXPECT_EQ(normalized("q\u0307\u0323"), "q\u0323\u0307");
  EXPECT_EQ(normalized("\u0301"), "\u0301");
}

TEST(Normalizer, DropsInvisibleCharacters) {
  EXPECT_EQ(normalized(std::string("a\0b\x01\x7f", 5)), "ab");
  EXPECT_EQ(normalized("\uFEFF好\u200B\u200E\u00AD\u2060的\u202E\u034F"), "好的");
  EXPECT_EQ(normalized("\u200B\uFE0F"), "");
  EXPECT_EQ(normalized(""), "");
}

TEST(Normalizer, JoinsWhiteSpace) {
  EXPECT_EQ(normalized(" \t a \r\n\r\n b\u3000\u2028\u00A0c \n"), "a b c");
  EXPECT_EQ(normalized(" \u3000\n"), "");
  EXPECT_EQ(normalized("很 好\n吃 ok 的"), "很好吃 ok 的");
  EXPECT_EQ(normalized("好 ！ 吃 ， abc"), "好!吃, abc");
  EXPECT_EQ(normalized("好 ! 吃"), "好 ! 吃");
  EXPECT_EQ(normalized("3 个 5"), "3 个 5");
}

TEST(Normalizer, KeepsEmoji) {
  EXPECT_EQ(normalized("😀👍🏽❤️"), "😀👍❤");
  EXPECT_EQ(normalized("👨‍👩‍👧"), "👨👩👧");
  EXPECT_EQ(normalized("🇨🇳1️⃣"), "🇨🇳1⃣");
  EXPECT_EQ(normalized("🏴\U000E0067\U000E0062\U000E007F"), "🏴");
}

TEST(Normalizer, DropsNoEmojiSilently) {
  const auto expect_kept = [](char32_t code) {
    std::string utf8;
    append_utf8(utf8, code);
    EXPECT_FALSE(normalized(utf8).empty()) << std::hex << static_cast<std::uint32_t>(code);
  };
  for (char32_t code = 0x1F000; code <= 0x1FBFF; ++code) {
    const bool skin_tone = code >= 0x1F3FB && code <= 0x1F3FF;
    if (!skin_tone) expect_kept(code);
  }
  for (char32_t code = 0x2190; code <= 0x2BFF; ++code) expect_kept(code);
  for (const char32_t code : {U'©', U'®', U'‼', U'⁉', U'™', U'ℹ', U'〰', U'〽', U'㊗', U'㊙', U'⃣'}) expect_kept(code);
}

TEST(Normalizer, CountsInvalidBytesAndCharacters) {
  NormalizedText text;
  normalize("a\xE4\xB8中\x80\xFF", text);
  EXPECT_EQ(to_utf8(text), "a\uFFFD中\uFFFD\uFFFD");
  EXPECT_EQ(text.invalid_bytes, 4U);
  EXPECT_EQ(text.source_characters, 5U);
  normalize("\uFFFD好", text);
  EXPECT_EQ(text.invalid_bytes, 0U);
  EXPECT_EQ(text.source_characters, 2U);
}

TEST(Normalizer, MapsBackToTheOriginal) {
  NormalizedText text;
  const std::string utf8 = " Ｈe\u0301\u200B  ㎏\u3000é讚";
  normalize(utf8, text);
  ASSERT_EQ(to_utf8(text), "hé kg é赞");
  EXPECT_EQ(source(utf8, text, 0), "Ｈ");
  EXPECT_EQ(source(utf8, text, 1), "e\u0301");
  EXPECT_EQ(source(utf8, text, 2), "  ");
  EXPECT_EQ(source(utf8, text, 3), "㎏");
  EXPECT_EQ(source(utf8, text, 4), "㎏");
  EXPECT_EQ(source(utf8, text, 5), "\u3000");
  EXPECT_EQ(source(utf8, text, 6), "é");
  EXPECT_EQ(source(utf8, text, 7), "讚");
}

TEST(Normalizer, ReusesItsOutput) {
  NormalizedText text;
  normalize("一段比较长的文字\xFF", text);
  normalize("b", text);
  EXPECT_EQ(to_utf8(text), "b");
  EXPECT_EQ(text.byte_begin, std::vector<std::uint32_t>{0});
  EXPECT_EQ(text.byte_end, std::vector<std::uint32_t>{1});
  EXPECT_EQ(text.invalid_bytes, 0U);
  EXPECT_EQ(text.source_characters, 1U);
  text.clear();
  EXPECT_TRUE(text.empty());
}

// utf8proc's own ordering of marks takes quadratic time: hours for this text.
TEST(Normalizer, TakesLongRunsOfMarks) {
  std::string utf8 = "a";
  std::string expected = "\u1EA1";  // the first dot below composes
  constexpr int kMarks = 200000;
  for (int i = 0; i < kMarks; ++i) utf8 += i % 2 == 0 ? "\u0307" : "\u0323";
  for (int i = 1; i < kMarks / 2; ++i) expected += "\u0323";
  for (int i = 0; i < kMarks / 2; ++i) expected += "\u0307";
  EXPECT_EQ(normalized(utf8), expected);
}

TEST(Normalizer, TakesTextsThatGrow) {
  std::string utf8;
  for (int i = 0; i < 3000; ++i) utf8 += "\uFDFA";  // becomes 18 characters
  NormalizedText text;
  normalize(utf8, text);
  EXPECT_EQ(text.size(), 3000U * 18U);
}

TEST(CharacterOffset, CountsCodePointsAsDecodeDoes) {
  const std::string utf8 = "a中\xE4\xB8😀";
  EXPECT_EQ(character_offset(utf8, 0), 0U);
  EXPECT_EQ(character_offset(utf8, 1), 1U);
  EXPECT_EQ(character_offset(utf8, 2), 1U);
  EXPECT_EQ(character_offset(utf8, 4), 2U);
  EXPECT_EQ(character_offset(utf8, 6), 3U);
  EXPECT_EQ(character_offset(utf8, 10), 4U);
  EXPECT_EQ(character_offset(utf8, 99), 4U);
  EXPECT_EQ(character_offset("", 0), 0U);
}

}  // namespace
}  // namespace tenor::text
