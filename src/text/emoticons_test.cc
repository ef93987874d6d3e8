#include "text/emoticons.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "text/utf8.h"

namespace tenor::text {
namespace {

std::string normalized(std::string_view utf8) {
  NormalizedText text;
  normalize(utf8, text);
  return to_utf8(text);
}

std::string as_utf8(char32_t code) {
  std::string utf8;
  append_utf8(utf8, code);
  return utf8;
}

TEST(Emoticons, TableHoldsManyOfBothKinds) {
  const auto western = [](const Emoticon& e) {
    return e.guard != EmoticonGuard::face && e.guard != EmoticonGuard::fixed;
  };
  const auto count = std::count_if(emoticons().begin(), emoticons().end(), western);
  EXPECT_GE(count, 100);
  EXPECT_GE(static_cast<std::ptrdiff_t>(emoticons().size()) - count, 200);
}

TEST(Emoticons, EachIsFoundAloneAndBetweenWords) {
  for (const Emoticon& emoticon : emoticons()) {
    const std::string emoji = as_utf8(emoticon.emoji);
    EXPECT_EQ(normalized(emoticon.pattern), emoji) << emoticon.pattern;
    EXPECT_EQ(normalized("nice " + std::string(emoticon.pattern) + " ok"), "nice " + emoji + " ok") << emoticon.pattern;
  }
}

TEST(Emoticons, LeavesNearMissesAlone) {
  for (const char* text : {"http://a.b",
                           "https://t.co/x",
                           "1. a 8) b",
                           "(1:30)",
                           ":department",
                           "xdr",
                           "xd卡",
                           "c:\\dir",
                           "says:(this)",
                           "说:(这个)",
                           "is <3days",
                           "<3.5",
                           "<30",
                           "a:b",
                           "note:p",
                           "10:0",
                           "score 2:3",
                           "totally",
                           "to orzo",
                           "taking",
                           "tat",
                           "x:y",
                           "a=b",
                           "f=(x)",
                           "(see below:)",
                           "{\"a\":[1]}",
                           "key:o",
                           "windows xp",
                           "a-b-c",
                           "snake_case_name",
                           "--",
                           "==",
                           "i^2",
                           "2^3^4",
                           "a_b",
                           ":",
                           "="}) {
    EXPECT_EQ(normalized(text), text);
  }
  EXPECT_EQ(normalized("说：（这个）很好"), "说:(这个)很好");
  EXPECT_EQ(normalized("血型：O，尺码：D，评分：3"), "血型:o,尺码:d,评分:3");
}

TEST(Emoticons, MatchesWesternOnes) {
  EXPECT_EQ(normalized("great :)"), "great 🙂");
  EXPECT_EQ(normalized("great:-)))"), "great🙂");
  EXPECT_EQ(normalized("lol XD"), "lol 😆");
  EXPECT_EQ(normalized("haha :DDD!"), "haha 😃!");
  EXPECT_EQ(normalized("love <3"), "love ❤");
  EXPECT_EQ(normalized("不错：）"), "不错🙂");
  EXPECT_EQ(normalized("难过 :("), "难过 🙁");
  EXPECT_EQ(normalized(":( :)"), "🙁 🙂");
  EXPECT_EQ(normalized(":):("), "🙂🙁");
  EXPECT_EQ(normalized("so sad :'("), "so sad 😢");
  EXPECT_EQ(normalized("(just kidding :)"), "(just kidding 🙂");
}

TEST(Emoticons, MatchesKaomojiWithDecorations) {
  EXPECT_EQ(normalized("开心(*^__^*)嘻嘻"), "开心😊嘻嘻");
  EXPECT_EQ(normalized("开心（＾＿＾）"), "开心😊");
  EXPECT_EQ(normalized("o(╯□╰)o 服务差"), "😳 服务差");
  EXPECT_EQ(normalized("赞\\(≧▽≦)/！"), "赞😆!");
  EXPECT_EQ(normalized("( T_T )哭"), "😭哭");
  EXPECT_EQ(normalized("坑!(╯°□°）╯︵ ┻━┻"), "坑!😡");
  EXPECT_EQ(normalized("T____T"), "😭");
  EXPECT_EQ(normalized("-_-||"), "😓");
  EXPECT_EQ(normalized("(注：-_-这样)"), "(注:😑这样)");
  EXPECT_EQ(normalized("^_^^_^"), "😊😊");
}

TEST(Emoticons, LongestWins) {
  EXPECT_EQ(normalized(">:("), "😠");
  EXPECT_EQ(normalized("-_-zzz"), "😴");
  EXPECT_EQ(normalized("╮(╯▽╰)╭"), "🤷");
}

TEST(Emoticons, SpanCoversTheWholeEmoticon) {
  const std::string utf8 = "好 （*^_^*） ok的:)";
  NormalizedText text;
  normalize(utf8, text);
  ASSERT_EQ(to_utf8(text), "好😊 ok的🙂");
  const auto source = [&](std::size_t i) {
    return utf8.substr(text.byte_begin[i], text.byte_end[i] - text.byte_begin[i]);
  };
  EXPECT_EQ(source(1), "（*^_^*）");
  EXPECT_EQ(source(3), "o");
  EXPECT_EQ(source(6), ":)");
}

}  // namespace
}  // namespace tenor::text
