#include "apps/tenor/json_members.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::cli {
namespace {

using testing::ElementsAre;

TEST(JsonMembers, AreFoundInOrder) {
  std::vector<std::string> seen;
  for_each_member(R"( { "a" : 1.0 ,"b":{"c":[",",{}]}, "d\"":"}" } )", [&seen](const JsonMember& member) {
    seen.push_back(std::string(member.key) + "=" + std::string(member.value));
  });
  EXPECT_THAT(seen, ElementsAre("a=1.0", R"(b={"c":[",",{}]})", R"(d\"="}")"));
  for_each_member("{}", [](const JsonMember&) { FAIL(); });
}

TEST(JsonMembers, AsCells) {
  EXPECT_EQ(cell_of("null"), "");
  EXPECT_EQ(cell_of("\"null\""), "null");
  EXPECT_EQ(cell_of("1.50"), "1.50");
  EXPECT_EQ(cell_of(R"("a\u00e9\"\n")"), "aé\"\n");
  EXPECT_EQ(cell_of("[1, 2]"), "[1, 2]");
}

TEST(JsonMembers, GoToTheirColumns) {
  std::vector<std::string> names;
  add_member_names(R"({"text":"x","id":1})", names);
  add_member_names(R"({"i\u0064":2,"more":1})", names);
  EXPECT_THAT(names, ElementsAre("text", "id", "more"));
  std::vector<std::string> cells;
  member_cells(R"({"id":7,"new":[1],"tenor":{},"text":"y","id":8})", names, "tenor", cells);
  EXPECT_THAT(cells, ElementsAre("y", "7", "", R"({"new":[1],"id":8})")) << "nothing is lost, not even a repeated name";
  member_cells("{}", names, "tenor", cells);
  EXPECT_THAT(cells, ElementsAre("", "", "", ""));
}

TEST(JsonMembers, GetAtMostSoManyColumns) {
  std::string object = "{";
  for (int i = 0; i < 1000; ++i) object += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
  object += "}";
  std::vector<std::string> names;
  add_member_names(object, names);
  ASSERT_EQ(names.size(), kMaxMemberColumns);
  EXPECT_EQ(names.back(), std::to_string(kMaxMemberColumns - 1));
  std::vector<std::string> cells;
  member_cells(object, names, "tenor", cells);
  ASSERT_EQ(cells.size(), kMaxMemberColumns + 1);
  EXPECT_THAT(cells.back(), testing::StartsWith("{\"256\":0,")) << "the others stay together";
}

}  // namespace
}  // namespace tenor::cli
