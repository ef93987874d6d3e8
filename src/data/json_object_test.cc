#include "data/json_object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::data {
namespace {

using testing::HasSubstr;

TEST(JsonObjectTest, GivesMembersOfTwoLevels) {
  JsonObject object;
  ASSERT_EQ(object.parse(R"({"text":"a\n\u4f60","n":-2,"x":null,"aspects":{"food":"positive","noise":0},"l":[1]})"),
            "");
  EXPECT_EQ(object.find("text")->text, "a\n你");
  EXPECT_EQ(object.find("n")->number, -2);
  EXPECT_EQ(object.find("x")->kind, JsonKind::null);
  EXPECT_EQ(object.find("l")->kind, JsonKind::array);
  EXPECT_EQ(object.find("none"), nullptr);
  const auto children = object.children(*object.find("aspects"));
  ASSERT_EQ(children.size(), 2U);
  EXPECT_EQ(children[0].name, "food");
  EXPECT_EQ(children[0].text, "positive");
  EXPECT_EQ(children[1].kind, JsonKind::number);
}

TEST(JsonObjectTest, LastOfEqualNamesCounts) {
  JsonObject object;
  ASSERT_EQ(object.parse(R"({"text":1,"text":"b"})"), "");
  EXPECT_EQ(object.find("text")->text, "b");
}

TEST(JsonObjectTest, BrokenLinesSayWhatIsWrong) {
  JsonObject object;
  for (const char* line : {"{\"text\":\"a\"", "{\"text\":\"a\"} x", "{\"text\":\"a\",\"y\":tru}", "{'text':1}", "{", "",
                           "{\"text\":\"a\nb\"}", R"({"text":"\x"})"}) {
    EXPECT_THAT(object.parse(line), HasSubstr("broken JSON")) << line;
    EXPECT_TRUE(object.members().empty());
  }
  EXPECT_THAT(object.parse("[1]"), HasSubstr("found an array"));
  EXPECT_THAT(object.parse("3"), HasSubstr("found a single value"));
  EXPECT_THAT(object.parse("{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}"),
              HasSubstr("broken JSON"));
  EXPECT_EQ(object.parse("{\"text\":\"fine again\"}"), "");
}

TEST(JsonObjectTest, IllFormedUtf8IsReplacedAndCounted) {
  JsonObject object;
  ASSERT_EQ(object.parse("{\"text\":\"a\xff"
                         "b\xe4\xbd\"}"),
            "");
  EXPECT_EQ(object.find("text")->text, "a\uFFFDb\uFFFD");
  EXPECT_EQ(object.replaced(), 3U);
}

TEST(JsonObjectTest, LoneSurrogatesAreReplacedAndPairsKept) {
  JsonObject object;
  ASSERT_EQ(object.parse(R"({"text":"\ud83d\ude00|\ud83d|\ude00|\uD83Dx|\\ud83d|\ud83d\ud83d\ude00"})"), "");
  EXPECT_EQ(object.find("text")->text, "😀|\uFFFD|\uFFFD|\uFFFDx|\\ud83d|\uFFFD😀");
  EXPECT_EQ(object.replaced(), 4U);
}

TEST(JsonObjectTest, LoneSurrogateAtTheVeryEnd) {
  std::string out;
  EXPECT_EQ(repair_lone_surrogates("\\ud800", out), 1U);
  EXPECT_EQ(out, "\\ufffd");
  EXPECT_EQ(repair_lone_surrogates("\\ud80", out), 0U);
  EXPECT_EQ(repair_lone_surrogates("\\", out), 0U);
}

}  // namespace
}  // namespace tenor::data
