#include "apps/tenor/json_splice.h"

#include <gtest/gtest.h>

namespace tenor::cli {
namespace {

std::string opened(std::string_view object) {
  std::string out;
  append_open_object(out, object, "tenor");
  return out;
}

TEST(AppendOpenObject, KeepsMembersAsTheyStand) {
  EXPECT_EQ(opened("{\"a\": 1.50, \"b\":[1, 2]}"), "{\"a\": 1.50, \"b\":[1, 2],");
  EXPECT_EQ(opened("  { \"a\" : 1 } \r"), "{\"a\" : 1,");
  EXPECT_EQ(opened("{}"), "{");
  EXPECT_EQ(opened("{ \t }"), "{");
}

TEST(AppendOpenObject, LeavesTheOldMemberOut) {
  EXPECT_EQ(opened("{\"tenor\":1}"), "{");
  EXPECT_EQ(opened("{\"tenor\":{\"x\":[1,\"}\"]},\"a\":1}"), "{\"a\":1,");
  EXPECT_EQ(opened("{\"a\":\"x,\\\"tenor\\\":1\", \"tenor\" : null , \"b\":2}"),
            "{\"a\":\"x,\\\"tenor\\\":1\",\"b\":2,");
  EXPECT_EQ(opened("{\"a\":1,\"tenor\":1,\"tenor\":2}"), "{\"a\":1,") << "twice there, twice removed";
}

TEST(AppendOpenObject, IsNotFooledByValuesDepthOrOtherNames) {
  EXPECT_EQ(opened("{\"a\":\"tenor\"}"), "{\"a\":\"tenor\",");
  EXPECT_EQ(opened("{\"a\":{\"tenor\":1}}"), "{\"a\":{\"tenor\":1},");
  EXPECT_EQ(opened("{\"tenors\":1,\"x\\\\\":\"tenor\"}"), "{\"tenors\":1,\"x\\\\\":\"tenor\",");
}

TEST(IsJsonObject, TakesOneWholeObjectOnly) {
  EXPECT_TRUE(is_json_object(" {\"a\":[]} "));
  for (const char* other : {"", "[1]", "{", "{} {}", "{\"a\":tru}", "5", "null", "{\"a\":1,}"}) {
    EXPECT_FALSE(is_json_object(other)) << other;
  }
  EXPECT_FALSE(is_json_object(std::string_view("{\"a\":1}\0", 8))) << "NUL is no end";
  EXPECT_FALSE(is_json_object(std::string_view("{\"a\":1}\0}", 9)));
}

TEST(RepairedJson, TouchesOnlyWhatIsBroken) {
  EXPECT_EQ(repaired_json("{\"a\":\"\\ud83d\\ude00 \\u00e9 \\\\ud800 好\"}"), std::nullopt);
  EXPECT_EQ(repaired_json("{\"a\":\"\\ud800 x\"}"), "{\"a\":\"\\ufffd x\"}");
  EXPECT_EQ(repaired_json("{\"a\":\"\\uDC00\\uD83D\\uDE00\"}"), "{\"a\":\"\\ufffd\\uD83D\\uDE00\"}");
  EXPECT_EQ(repaired_json("\"\\ud800\\ud83d\\ude00\""), "\"\\ufffd\\ud83d\\ude00\"");
  EXPECT_EQ(repaired_json("{\"\xff\":1}"), "{\"\xEF\xBF\xBD\":1}");
  EXPECT_EQ(repaired_json("\\ud8"), std::nullopt) << "cut off: nothing to repair, and no read past the end";
}

}  // namespace
}  // namespace tenor::cli
