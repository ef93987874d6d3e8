#include "text/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "text/sentence_rules.h"
#include "text/utf8.h"

namespace tenor::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  for (const Sentence& sentence : split_sentences(text)) {
    out.emplace_back(text.substr(sentence.byte_begin, sentence.byte_end - sentence.byte_begin));
  }
  return out;
}

TEST(SentencesTest, ChineseEndsAndWhatClosesBehindThem) {
  EXPECT_THAT(split("味道很好。服务一般！下次还来吗？不来"),
              ElementsAre("味道很好。", "服务一般！", "下次还来吗？", "不来"));
  EXPECT_THAT(split("他说：“好吃！”我也觉得。"), ElementsAre("他说：“好吃！”", "我也觉得。"));
  EXPECT_THAT(split("「不錯。」下次再來"), ElementsAre("「不錯。」", "下次再來"));
  EXPECT_THAT(split("太差了！！！？？再也不来"), ElementsAre("太差了！！！？？", "再也不来"));
  EXPECT_THAT(split("味道好，服务好；环境也好"), ElementsAre("味道好，服务好；环境也好"));
  EXPECT_THAT(split("（环境不错。）推荐～"), ElementsAre("（环境不错。）", "推荐～"));
}

TEST(SentencesTest, Ellipses) {
  EXPECT_THAT(split("等了很久……终于来了"), ElementsAre("等了很久……", "终于来了"));
  EXPECT_THAT(split("味道。。。一般"), ElementsAre("味道。。。", "一般"));
  EXPECT_THAT(split("好吃…，但是贵"), ElementsAre("好吃…，但是贵"));
  EXPECT_THAT(split("Well... it was fine... Next time"), ElementsAre("Well... it was fine...", "Next time"));
}

TEST(SentencesTest, EmojiCloseAndSeparate) {
  EXPECT_THAT(split("好吃😋服务也好👍🏽👍🏽环境一般"),
              ElementsAre("好吃😋", "服务也好👍🏽👍🏽", "环境一般"));
  EXPECT_THAT(split("好吃！😋 服务差"), ElementsAre("好吃！😋", "服务差"));
  EXPECT_THAT(split("Great! 😊 Next time too"), ElementsAre("Great! 😊", "Next time too"));
  EXPECT_THAT(split("I ❤️ this place"), ElementsAre("I ❤️ this place"));
  EXPECT_THAT(split("I ❤️ NY"), ElementsAre("I ❤️ NY"));
  EXPECT_THAT(split("我❤️你家的面"), ElementsAre("我❤️你家的面"));
  EXPECT_THAT(split("so good 😋 but pricey"), ElementsAre("so good 😋 but pricey"));
  EXPECT_THAT(split("👍👍👍 味道好"), ElementsAre("👍👍👍 味道好")) << "what comments on nothing yet";
  EXPECT_THAT(split("好吃😋，服务好"), ElementsAre("好吃😋，服务好"));
  EXPECT_THAT(split("一家人👨‍👩‍👧都喜欢。"), ElementsAre("一家人👨‍👩‍👧", "都喜欢。"));
}

TEST(SentencesTest, EnglishEnds) {
  EXPECT_THAT(split("The food was great. The waiter was rude! Would I return? No."),
              ElementsAre("The food was great.", "The waiter was rude!", "Would I return?", "No."));
  EXPECT_THAT(split("it was bad. i hate it"), ElementsAre("it was bad.", "i hate it"));
  EXPECT_THAT(split("\"So good!\" she said. \"Really.\" OK"),
              ElementsAre("\"So good!\" she said.", "\"Really.\"", "OK"));
  EXPECT_THAT(split("He said \"fine.\" \"Next!\""), ElementsAre("He said \"fine.\"", "\"Next!\""));
  EXPECT_THAT(split("(It closed.) Sad"), ElementsAre("(It closed.)", "Sad"));
  EXPECT_THAT(split("It was good.Bad service"), ElementsAre("It was good.", "Bad service"));
  EXPECT_THAT(split("That's it. 'Twas"), ElementsAre("That's it.", "'Twas"));
}

TEST(SentencesTest, AbbreviationsAndInitials) {
  EXPECT_THAT(split("Mr. Li met Dr. Wang vs. Mrs. Chen. Nice."),
              ElementsAre("Mr. Li met Dr. Wang vs. Mrs. Chen.", "Nice."));
  EXPECT_THAT(split("Try sweets, e.g. Mooncakes, i.e. cakes. Good"),
              ElementsAre("Try sweets, e.g. Mooncakes, i.e. cakes.", "Good"));
  EXPECT_THAT(split("In the U.S. Senate. We left the U.S. The end."),
              ElementsAre("In the U.S. Senate.", "We left the U.S.", "The end."));
  EXPECT_THAT(split("Open till 3 a.m. on Friday, 4 p.m. Closed later"),
              ElementsAre("Open till 3 a.m. on Friday, 4 p.m.", "Closed later"));
  EXPECT_THAT(split("Tea, cakes, etc. were cold. Soup etc. Bad"),
              ElementsAre("Tea, cakes, etc. were cold.", "Soup etc.", "Bad"));
  EXPECT_THAT(split("No. 5 is best. No. I mean it"), ElementsAre("No. 5 is best.", "No.", "I mean it"));
  EXPECT_THAT(split("By J. K. Rowling. So am I. You?"), ElementsAre("By J. K. Rowling.", "So am I.", "You?"));
}

TEST(SentencesTest, NumbersAddressesAndLists) {
  EXPECT_THAT(split("3.5 stars. 评分4.5分，2.不错"), ElementsAre("3.5 stars.", "评分4.5分，2.不错"));
  EXPECT_THAT(split("See http://a.com/x?q=1!b. Or www.b.cn/路. Mail me@c.org. a.txt"),
              ElementsAre("See http://a.com/x?q=1!b.", "Or www.b.cn/路.", "Mail me@c.org.", "a.txt"));
  EXPECT_THAT(split("1. Good food\n2. Bad service\na. c"), ElementsAre("1. Good food", "2. Bad service", "a. c"));
  EXPECT_THAT(split("味道好.服务差"), ElementsAre("味道好.", "服务差"));
  EXPECT_THAT(split("It cost 5. Too much"), ElementsAre("It cost 5.", "Too much"));
}

TEST(SentencesTest, LinesEndSentencesAndWhiteSpaceBelongsToNone) {
  EXPECT_THAT(split("  味道好\r\n\n\t服务差 \u2028 再见　"), ElementsAre("味道好", "服务差", "再见"));
  EXPECT_THAT(split("Good\n. Bad"), ElementsAre("Good", ".", "Bad"));
}

TEST(SentencesTest, NothingToSeeIsNoSentence) {
  EXPECT_THAT(split(""), IsEmpty());
  EXPECT_THAT(split(" \n\u200B\u200D \uFEFF"), IsEmpty());
  EXPECT_THAT(split("\uFEFF\n好。\n\u200B"), ElementsAre("\uFEFF\n好。\n\u200B")) << "it joins what can be seen";
}

TEST(SentencesTest, OffsetsCountCodePoints) {
  const auto sentences = split_sentences("é\xFF。 好👍🏽！x");
  ASSERT_EQ(sentences.size(), 3u);
  EXPECT_EQ(sentences[0], (Sentence{0, 6, 0, 3}));
  EXPECT_EQ(sentences[1], (Sentence{7, 21, 4, 8}));
  EXPECT_EQ(sentences[2], (Sentence{21, 22, 8, 9}));
}

// Whatever the text: in order, apart, trimmed, and nothing lost.
TEST(SentencesTest, EveryVisibleByteBelongsToExactlyOne) {
  const std::vector<std::string> pieces = {"好",     "。",     "！",     "?", ".",   "...", "…",          "\"",
                                           "”",      "」",     ")",      " ", "\n",  "　",  "😋",          "👍🏽",
                                           "❤️", "a",      "B",      "3", "e.g", "U.S", "http://a.b", "\xFF",
                                           "\xE5",   "\u200B", "\u0301", "1", "，",  ":"};
  Random random(11);
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    for (std::uint64_t n = random.below(16); n > 0; --n) text += pieces[random.below(pieces.size())];
    const auto sentences = split_sentences(text);
    std::size_t next = 0, byte = 0, character = 0;
    bool any_seen = false;
    for (; byte < text.size(); byte += decode(text, byte).length, ++character) {
      const char32_t code = decode(text, byte).code;
      any_seen = any_seen || is_seen(code);
      while (next < sentences.size() && byte >= sentences[next].byte_end) ++next;
      const bool inside = next < sentences.size() && byte >= sentences[next].byte_begin;
      EXPECT_TRUE(inside || sentences.empty() || is_blank(code)) << text << " at byte " << byte;
      if (!inside) continue;
      EXPECT_EQ(byte == sentences[next].byte_begin, character == sentences[next].character_begin);
      EXPECT_LT(character, sentences[next].character_end);
    }
    EXPECT_EQ(sentences.empty(), !any_seen) << text;
    for (const Sentence& sentence : sentences) {
      ASSERT_LT(sentence.byte_begin, sentence.byte_end);
      EXPECT_FALSE(is_blank(decode(text, sentence.byte_begin).code)) << text;
    }
  }
}

TEST(SentencesTest, LongTextsTakeLinearTime) {
  for (const std::string piece : {".", "\u200B", "a.", "\"", "。)", "😋", " ", "1.", "!\"x"}) {
    std::string text;
    while (text.size() < (std::size_t{1} << 20)) text += piece;
    EXPECT_LE(split_sentences(text + "好").size(), text.size()) << piece;
  }
}

}  // namespace
}  // namespace tenor::text
