// tenor behaviour.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cli_fixture.h"

namespace tenor::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class BehaviourCommand : public CliTest {
 protected:
  Outcome behaviour(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "behaviour");
    arguments.insert(arguments.end(), {"--model", zh(), "--model", en(), "--no-progress"});
    return run({.arguments = arguments});
  }
  // Two of three Chinese cases pass, and the English one.
  std::string cases() const {
    return write("cases.jsonl",
                 R"({"skill":"plain","language":"zh","kind":"label","text":"好","expect":"positive"}
{"skill":"plain","language":"zh","kind":"label","text":"不好","expect":"negative|neutral"}
{"skill":"names","language":"zh","kind":"same","text":"小王说好","other":"小李说好"}
{"skill":"praise","language":"en","kind":"direction","text":"it is","other":"it is good","move":"up","margin":0.1}
)");
  }
};

TEST_F(BehaviourCommand, PrintsRatesAndFailures) {
  const Outcome result = behaviour({cases(), "--failures", "--json", path("report.json")});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.out, HasSubstr("zh  plain       2   50.0 %"));
  EXPECT_THAT(result.out, HasSubstr("cases.jsonl:2: plain: \"不好\": expected neutral or negative, found positive"));
  EXPECT_THAT(result.out, Not(HasSubstr("cases.jsonl:3")));
  const json report = json::parse(read("report.json"));
  EXPECT_EQ(report["models"].size(), 2U);
  EXPECT_EQ(report["cases"], 4);
  EXPECT_EQ(report["answers"][0], "best");
  EXPECT_EQ(report["skills"][0]["answers"]["best"]["passed"], 1);
  ASSERT_EQ(report["failures"].size(), 1U);
  EXPECT_EQ(report["failures"][0]["line"], 2);
}

TEST_F(BehaviourCommand, HoldsModelsToFloors) {
  const std::string file = cases(), floors = path("floors.jsonl");
  EXPECT_EQ(behaviour({file, "--write-floors", floors}).exit_code, 0);
  const Outcome held = behaviour({file, "--floors", floors});
  EXPECT_EQ(held.exit_code, 0) << held.error;
  const std::string higher = write("higher.jsonl", R"({"language":"zh","skill":"plain","answer":"best","floor":0.6})");
  const Outcome below = behaviour({file, "--floors", higher, "--write-floors", higher});
  EXPECT_EQ(below.exit_code, 1);
  EXPECT_THAT(below.error, HasSubstr("zh plain (best): 1 of 2 cases passed, below the floor of 0.60"));
  EXPECT_THAT(below.out, HasSubstr("50.0 %"));
  EXPECT_THAT(read("higher.jsonl"), HasSubstr("0.6")) << "lower floors were written over those not reached";
}

TEST_F(BehaviourCommand, SaysWhichLineIsNoCase) {
  const std::string file = write("bad.jsonl", "{\"skill\":\"plain\",\"language\":\"zh\",\"kind\":\"label\"}\n");
  const Outcome result = behaviour({file});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.error, HasSubstr("bad.jsonl:1: member 'text': expected a string that is not empty"));
  EXPECT_EQ(behaviour({path("absent.jsonl")}).exit_code, 1);
  EXPECT_EQ(behaviour({}).exit_code, 2);
}

}  // namespace
}  // namespace tenor::test
