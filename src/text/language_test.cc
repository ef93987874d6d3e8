#include "text/language.h"

#include <gtest/gtest.h>

namespace tenor::text {
namespace {

Language chosen(std::string_view utf8) {
  NormalizedText text;
  normalize(utf8, text);
  return choose_language(text);
}

TEST(Language, NamesRoundTrip) {
  for (const Language language : {Language::zh, Language::en}) {
    EXPECT_EQ(parse_language(to_string(language)), language);
  }
  for (const char* name : {"", "ZH", "En", "zh-CN", "fr", " en"})
    EXPECT_FALSE(parse_language(name).has_value()) << name;
}

TEST(Language, ChoosesByScript) {
  EXPECT_EQ(chosen("这家店的服务非常好"), Language::zh);
  EXPECT_EQ(chosen("這家店的服務非常好"), Language::zh);
  EXPECT_EQ(chosen("The food was great, I'll be back!"), Language::en);
  EXPECT_EQ(chosen("Ｇｒｅａｔ"), Language::en);
  EXPECT_EQ(chosen("Très bien"), Language::en);
}

TEST(Language, ChineseWithoutEvidence) {
  for (const char* text : {"", "12345", "!!!", "😀👍", ":)", "Очень хорошо", "좋아요"})
    EXPECT_EQ(chosen(text), Language::zh);
}

TEST(Language, KanaCountAsHan) {
  EXPECT_EQ(chosen("とてもおいしい"), Language::zh);
}

TEST(Language, AWordWeighsOneAndAHalfHanCharacters) {
  EXPECT_EQ(chosen("one two 三四五"), Language::zh);
  EXPECT_EQ(chosen("one two 三四"), Language::en);
  EXPECT_EQ(chosen("don't can’t 三四五"), Language::zh);
  EXPECT_EQ(chosen("iphone很好用"), Language::zh);
  EXPECT_EQ(chosen("ok好"), Language::en);
  EXPECT_EQ(chosen("ok好的"), Language::zh);
}

}  // namespace
}  // namespace tenor::text
