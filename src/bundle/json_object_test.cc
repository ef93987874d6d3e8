#include "bundle/json_object.h"

#include <gmock/gmock.h>

#include <limits>

#include "bundle/json_text.h"
#include "bundle/test_support.h"

namespace tenor::bundle {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;

TEST(JsonObject, GivesBackWhatWasSet) {
  JsonObject object;
  object.set("flag", true).set("count", 7).set("rate", 0.1).set("name", "好").set("seed", ~std::uint64_t{0});
  object.set("weights", std::vector<double>{0.1, -2}).set("labels", std::vector<std::string>{"a", "b"});
  object.set("inner", JsonObject().set("x", 1)).set("list", std::vector<JsonObject>{JsonObject().set("y", 2)});
  const auto read = JsonObject::parse(object.dump());
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, object);
  EXPECT_EQ(read->flag("flag").value(), true);
  EXPECT_EQ(read->integer("count").value(), 7);
  EXPECT_EQ(read->number("count").value(), 7.0);
  EXPECT_EQ(read->number("rate").value(), 0.1);
  EXPECT_EQ(read->text("name").value(), "好");
  EXPECT_THAT(read->numbers("weights").value(), ElementsAre(0.1, -2.0));
  EXPECT_THAT(read->texts("labels").value(), ElementsAre("a", "b"));
  EXPECT_EQ(read->object("inner")->integer("x").value(), 1);
  EXPECT_EQ(read->objects("list")->at(0).integer("y").value(), 2);
  EXPECT_THAT(read->keys(), ElementsAre("count", "flag", "inner", "labels", "list", "name", "rate", "seed", "weights"));
}

TEST(JsonObject, TextDoesNotDependOnTheOrderOfSetting) {
  EXPECT_EQ(JsonObject().set("a", 1).set("b", 2).dump(), R"({"a":1,"b":2})");
  EXPECT_EQ(JsonObject().set("b", 2).set("a", 1).dump(), R"({"a":1,"b":2})");
  EXPECT_EQ(JsonObject().dump(), "{}");
}

TEST(JsonObject, CopiesAreIndependent) {
  JsonObject first;
  first.set("a", 1);
  JsonObject second = first;
  second.set("a", 2);
  const JsonObject third = std::move(first);
  EXPECT_EQ(third.integer("a").value(), 1);
  EXPECT_EQ(first.integer("a").value(), 1);  // NOLINT(bugprone-use-after-move): moving copies, by design
  EXPECT_EQ(second.integer("a").value(), 2);
}

TEST(JsonObject, ErrorsNameTheKeyAndTheTypes) {
  const JsonObject object = JsonObject().set("a", "text").set("big", ~std::uint64_t{0});
  EXPECT_EQ(error_of(object.number("missing")).code, ErrorCode::not_found);
  EXPECT_THAT(error_of(object.number("missing")).message, HasSubstr("\"missing\""));
  EXPECT_EQ(error_of(object.number("a")).code, ErrorCode::corrupt);
  EXPECT_THAT(error_of(object.number("a")).message, HasSubstr("expected a number, found string"));
  EXPECT_EQ(error_of(object.integer("big")).code, ErrorCode::corrupt);
  EXPECT_EQ(error_of(object.object("a")).code, ErrorCode::corrupt);
  EXPECT_EQ(error_of(object.texts("a")).code, ErrorCode::corrupt);
  EXPECT_EQ(error_of(JsonObject::parse(R"({"n":[1,"x"]})")->numbers("n")).code, ErrorCode::corrupt);
}

TEST(JsonObject, AFallbackServesAbsentKeysOnly) {
  const JsonObject object = JsonObject().set("a", "text");
  EXPECT_EQ(object.number("missing", 2.5).value(), 2.5);
  EXPECT_EQ(object.text("missing", "x").value(), "x");
  EXPECT_EQ(error_of(object.number("a", 2.5)).code, ErrorCode::corrupt);
}

TEST(JsonObject, NumbersThatAreNotFiniteAreNotReadBackAsNumbers) {
  const JsonObject object = JsonObject().set("x", std::numeric_limits<double>::infinity());
  EXPECT_EQ(error_of(object.number("x")).code, ErrorCode::corrupt);
}

TEST(JsonObject, TextThatIsNotUtf8DoesNotThrow) {
  EXPECT_EQ(JsonObject().set("x", "a\xff").dump(), "{\"x\":\"a\xEF\xBF\xBD\"}");
}

TEST(JsonObject, RefusesWhatIsNoStrictJsonObject) {
  for (const char* text :
       {"", "[]", "1", "{", "{\"a\":1,}", "{\"a\":1} x", "{\"a\":nan}", "{\"a\":1e999}", "{\"a\":1,\"a\":2}",
        "{\"o\":{\"b\":1,\"b\":1}}", "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}"}) {
    EXPECT_EQ(error_of(JsonObject::parse(text)).code, ErrorCode::corrupt) << text;
  }
  EXPECT_TRUE(JsonObject::parse(R"({"a":{"x":1},"b":{"x":1}})"));  // the same key in two objects
}

TEST(JsonObject, BoundsNesting) {
  const auto nested = [](int depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_TRUE(JsonObject::parse(nested(kMaxJsonDepth)));
  EXPECT_THAT(error_of(JsonObject::parse(nested(kMaxJsonDepth + 1))).message, HasSubstr("deep"));
  EXPECT_FALSE(JsonObject::parse(std::string(10'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(JsonObject::parse(objects));
}

TEST(JsonText, ShowsHostileTextShortAndEscaped) {
  EXPECT_EQ(show("a\n\"b"), R"("a\n\"b")");
  EXPECT_EQ(show(std::string(1000, 'x')), "\"" + std::string(80, 'x') + "\"...");
  std::string han;
  for (int i = 0; i < 50; ++i) han += "好";
  EXPECT_EQ(show(han).size(), 2 + 78 + 3u);  // cut between characters
}

}  // namespace
}  // namespace tenor::bundle
