#include "data/json_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json_object.h"

namespace tenor::data {
namespace {

TEST(JsonNumbersTest, LongIntegersBecomeTheNearestDouble) {
  std::string out;
  const char* line = R"({"a":18446744073709551616,"18446744073709551616":[-9223372036854775809,7],"b":"\"-1"})";
  EXPECT_EQ(long_integers_to_doubles(line, out), 2U);
  EXPECT_EQ(out, R"({"a":1.8446744073709552e+19,"18446744073709551616":[-9.223372036854776e+18,7],"b":"\"-1"})");
  EXPECT_EQ(long_integers_to_doubles("-1" + std::string(308, '0'), out), 1U);
  EXPECT_EQ(out, "-1e+308");
}

TEST(JsonNumbersTest, EverythingElseStays) {
  std::string out = "untouched";
  for (const char* line :
       {"", "{}", R"({"a":18446744073709551615,"b":-9223372036854775808,"c":1.5e308,"d":[0,-0,0.1,true,false]})",
        R"({"a":"123456789012345678901","b\"":"\\","c":"123456789012345678901)", "012345678901234567890",
        "-012345678901234567890", "123456789012345678901.5", "123456789012345678901e5", "--123456789012345678901",
        "+123456789012345678901", ".123456789012345678901", "-", "e", "1e999"}) {
    EXPECT_EQ(long_integers_to_doubles(line, out), 0U) << line;
    EXPECT_EQ(out, "untouched");
  }
  EXPECT_EQ(long_integers_to_doubles(std::string(400, '9'), out), 0U) << "no double is as large";
}

// Identifiers of other systems have any length; their rows are rows like others.
TEST(JsonNumbersTest, LinesWithLongIntegersAreRead) {
  JsonObject object;
  ASSERT_EQ(object.parse(R"({"id":123456789012345678901234567890,"text":"12345678901234567890123 好","x":[1e5]})"), "");
  EXPECT_EQ(object.find("id")->kind, JsonKind::number);
  EXPECT_DOUBLE_EQ(object.find("id")->number, 123456789012345678901234567890.0);
  EXPECT_EQ(object.find("text")->text, "12345678901234567890123 好");
  EXPECT_EQ(object.replaced(), 0U) << "nothing of a text";
  ASSERT_EQ(object.parse("{\"id\":-99999999999999999999,\"text\":\"a\xff\",\"e\":\"\\ud800\"}"), "");
  EXPECT_DOUBLE_EQ(object.find("id")->number, -99999999999999999999.0);
  EXPECT_EQ(object.find("text")->text, "a\uFFFD");
  EXPECT_EQ(object.find("e")->text, "\uFFFD");
  EXPECT_EQ(object.replaced(), 2U);
}

TEST(JsonNumbersTest, OtherNumbersAreRefusedWithAReason) {
  JsonObject object;
  for (const char* line : {R"({"id":1e999})", R"({"id":123456789012345678901234567890,"n":01})", R"({"n":-})"}) {
    EXPECT_THAT(object.parse(line), testing::HasSubstr("broken JSON: a number")) << line;
  }
  EXPECT_THAT(object.parse("{\"id\":" + std::string(400, '9') + "}"), testing::HasSubstr("beyond 1.8e308"));
}

}  // namespace
}  // namespace tenor::data
