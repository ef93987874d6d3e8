#include "text/basic_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "text/utf8.h"

namespace tenor::text {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Words = std::vector<std::string>;

Words words_of(std::string_view text, const BasicTokenizerOptions& options = {}) {
  const BasicTokenizer tokenizer(options);
  Words words;
  Word word;
  for (std::size_t position = 0; tokenizer.next(text, position, word);) words.push_back(word.text);
  return words;
}

BasicTokenizerOptions cased() {
  return {.lower_case = false, .strip_accents = {}, .tokenize_chinese_chars = true};
}

std::string utf8(char32_t code) {
  std::string out;
  append_utf8(out, code);
  return out;
}

TEST(BasicTokenizer, WhiteSpacePunctuationAndIdeographsSplit) {
  EXPECT_THAT(words_of("Hello, World!\t你好ab\r\nc"), ElementsAre("hello", ",", "world", "!", "你", "好", "ab", "c"));
  EXPECT_THAT(words_of("don't ¿a—b？"), ElementsAre("don", "'", "t", "¿", "a", "—", "b", "？"));
  EXPECT_THAT(words_of("$5=a|b"), ElementsAre("$", "5", "=", "a", "|", "b"));
  EXPECT_THAT(words_of("€5×2"), ElementsAre("€5×2")) << "symbols beyond ASCII are no punctuation";
  EXPECT_THAT(words_of(""), IsEmpty());
  EXPECT_THAT(words_of(" \u3000\u00a0\u2028 "), IsEmpty());
}

TEST(BasicTokenizer, CleaningDropsAndTheWordGoesOn) {
  using namespace std::string_literals;
  EXPECT_THAT(words_of("a\0b\x01"
                       "c\u00add\u200be\ufefff\ufffdg\ue000h"s),
              ElementsAre("abcdefgh"));
  EXPECT_THAT(words_of("a\x0b"
                       "b\u0085c"),
              ElementsAre("abc"))
      << "vertical tab and NEL are control characters first";
  EXPECT_THAT(words_of("a\xff\xc3 b"), ElementsAre("a", "b")) << "bytes that are not UTF-8 read as U+FFFD";
  EXPECT_THAT(words_of("a\u0378b"), ElementsAre("a\u0378b")) << "unassigned code points stay";
}

TEST(BasicTokenizer, AccentsFollowTheCaseUnlessToldOtherwise) {
  EXPECT_THAT(words_of("Crème BRÛLÉE"), ElementsAre("creme", "brulee"));
  EXPECT_THAT(words_of("Crème BRÛLÉE", cased()), ElementsAre("Crème", "BRÛLÉE"));
  EXPECT_THAT(words_of("CRÈME", {.lower_case = true, .strip_accents = false}), ElementsAre("crème"));
  EXPECT_THAT(words_of("CRÈME", {.lower_case = false, .strip_accents = true}), ElementsAre("CREME"));
  EXPECT_THAT(words_of("e\u0301 \u0301"), ElementsAre("e"));
}

TEST(BasicTokenizer, LowerCaseWorksCharacterByCharacter) {
  EXPECT_THAT(words_of("ΣΑΣ"), ElementsAre("σασ"));
  EXPECT_THAT(words_of("İ"), ElementsAre("i"));
  EXPECT_THAT(words_of("İ", {.lower_case = true, .strip_accents = false}), ElementsAre("i\u0307"));
  EXPECT_THAT(words_of("ẞ Ａ Ǆ"), ElementsAre("ß", "ａ", "ǆ"));
}

TEST(BasicTokenizer, PunctuationIsLookedForAfterAccentsAreGone) {
  EXPECT_THAT(words_of("a≠b"), ElementsAre("a", "=", "b"));
  EXPECT_THAT(words_of("a≠b", cased()), ElementsAre("a≠b"));
  EXPECT_THAT(words_of("a\u1fefb"), ElementsAre("a", "`", "b"));
}

TEST(BasicTokenizer, IdeographRangesAreThoseOfBert) {
  const std::vector<std::pair<char32_t, char32_t>> ranges = {
      {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2CEAF}, {0x2F800, 0x2FA1F}};
  for (const auto& [first, last] : ranges) {
    EXPECT_FALSE(is_bert_ideograph(first - 1));
    EXPECT_TRUE(is_bert_ideograph(first));
    EXPECT_TRUE(is_bert_ideograph(last));
    EXPECT_FALSE(is_bert_ideograph(last + 1));
  }
  EXPECT_THAT(words_of("a\U0002B820b\U0002B91F"), ElementsAre("a", "\U0002B820", "b", "\U0002B91F"));
  EXPECT_THAT(words_of("a\U0002F800b"), ElementsAre("a", "\u4e3d", "b")) << "decomposed, and still a word of its own";
  EXPECT_THAT(words_of("〇〇ラーメン"), ElementsAre("〇〇ラーメン")) << "kana and U+3007 are no BERT ideographs";
  EXPECT_THAT(words_of("你好", {.lower_case = true, .strip_accents = {}, .tokenize_chinese_chars = false}),
              ElementsAre("你好"));
}

TEST(BasicTokenizer, CharactersKeepTheirPlaceInTheSource) {
  const BasicTokenizer tokenizer({});
  const std::string text = "x e\u0301\u00adÉ가";
  Word word;
  std::size_t position = 1;
  ASSERT_TRUE(tokenizer.next(text, position, word));
  EXPECT_EQ(word.text, "ee\u1100\u1161");
  ASSERT_EQ(word.characters.size(), 4u);
  const auto expect = [&](std::size_t i, std::uint32_t end, std::uint32_t begin, std::uint32_t source_end) {
    EXPECT_EQ(word.characters[i].end, end);
    EXPECT_EQ(word.characters[i].source_begin, begin);
    EXPECT_EQ(word.characters[i].source_end, source_end);
  };
  expect(0, 1, 2, 3);  // the combining accent belongs to nobody
  expect(1, 2, 7, 9);
  expect(2, 5, 9, 12);  // both parts of the syllable stand for all of it
  expect(3, 8, 9, 12);
  EXPECT_FALSE(tokenizer.next(text, position, word));
  EXPECT_TRUE(word.text.empty());
}

// Every scalar value, in every configuration: what cannot be split off must not vanish or split, and a word is never
// empty. This also holds the assumption that a decomposition with punctuation in it is a single character.
TEST(BasicTokenizer, EveryCodePointIsDroppedOrSeparatesOrStaysInOrder) {
  for (const bool lower : {false, true}) {
    for (const bool strip : {false, true}) {
      const BasicTokenizer tokenizer({.lower_case = lower, .strip_accents = strip, .tokenize_chinese_chars = true});
      Word word;
      for (char32_t code = 1; code < 0x110000; ++code) {
        if (code >= 0xD800 && code < 0xE000) continue;
        const std::string text = "a" + utf8(code) + "b";
        std::string joined;
        std::size_t count = 0;
        bool punctuation_inside = false;
        for (std::size_t position = 0; tokenizer.next(text, position, word); ++count) {
          ASSERT_FALSE(word.text.empty());
          joined += word.text;
          for (std::size_t i = 0; word.characters.size() > 1 && i < word.text.size();) {
            const Decoded next = decode(word.text, i);
            punctuation_inside |= is_bert_punctuation(next.code);
            i += next.length;
          }
        }
        ASSERT_TRUE(joined.starts_with('a') && joined.ends_with('b')) << std::hex << static_cast<unsigned>(code);
        ASSERT_TRUE(count == 1 || (count == 2 && joined == "ab") || (count == 3 && joined.size() > 2))
            << std::hex << static_cast<unsigned>(code);
        ASSERT_FALSE(punctuation_inside) << std::hex << static_cast<unsigned>(code);
      }
    }
  }
}

}  // namespace
}  // namespace tenor::text
