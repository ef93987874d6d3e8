#include "judge/behaviour.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/test_files.h"
#include "engine/test_support.h"
#include "judge/behaviour_report.h"

namespace tenor::judge {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kGood =
    R"({"skill": "negation", "language": "zh", "kind": "label", "text": "好", "expect": "positive|neutral"}

{"skill": "names", "language": "en", "kind": "same", "text": "Ann: good", "other": "Bob: good"}
{"kind": "direction", "skill": "praise", "language": "zh", "text": "路上", "other": "路上好", "move": "up", "margin": 0.25}
{"skill": "empty", "language": "zh", "kind": "refused", "text": ""}
)";

Result<std::vector<BehaviourCase>> read(const std::string& content) {
  const data::TemporaryFolder folder;
  const std::vector<std::string> files = {folder.write("cases.jsonl", content)};
  return read_behaviour_cases(files);
}

std::string refusal(const std::string& content) {
  const auto cases = read(content);
  EXPECT_FALSE(cases) << content;
  return cases ? "" : cases.error().message;
}

TEST(BehaviourCases, AreReadWithTheirPlaces) {
  const auto cases = read(kGood);
  ASSERT_TRUE(cases) << cases.error().message;
  ASSERT_EQ(cases->size(), 4u);
  EXPECT_THAT((*cases)[0].allowed, ElementsAre(true, true, false));
  EXPECT_EQ(expectation((*cases)[0]), "positive or neutral");
  EXPECT_EQ((*cases)[1].language, text::Language::en);
  EXPECT_EQ((*cases)[1].line, 3u) << "blank lines count";
  EXPECT_EQ(expectation((*cases)[1]), "the same label");
  EXPECT_EQ(expectation((*cases)[2]), "up by more than 0.25");
  EXPECT_EQ((*cases)[3].text, "");
  EXPECT_EQ(expectation((*cases)[3]), "refused");
  EXPECT_STREQ(to_string((*cases)[2].kind), "direction");
}

TEST(BehaviourCases, WhatIsNoCaseIsRefusedWithItsPlace) {
  const std::string start = R"({"skill": "s", "language": "zh", )";
  const std::pair<std::string, std::string> wrong[] = {
      {"{", "broken JSON"},
      {"[]", "expected a JSON object"},
      {start + R"("text": "好"})", "'kind': expected label, same, direction or refused"},
      {start + R"("kind": "same", "text": "好"})", "'other'"},
      {start + R"("kind": "same", "text": "好", "other": "好"})", "another text"},
      {start + R"("kind": "same", "text": "好", "other": "坏", "expect": "neutral"})", "no member 'expect'"},
      {start + R"("kind": "label", "text": "", "expect": "neutral"})", "'text'"},
      {start + R"("kind": "label", "text": "好", "expect": "good"})", "'expect'"},
      {start + R"("kind": "label", "text": "好", "expect": ""})", "'expect'"},
      {start + R"("kind": "label", "text": "好", "expect": "neutral|"})", "'expect'"},
      {start + R"("kind": "label", "text": "好", "expect": "positive|neutral|negative"})", "at most two"},
      {start + R"("kind": "direction", "text": "a", "other": "b", "move": "left", "margin": 0})", "'move'"},
      {start + R"("kind": "direction", "text": "a", "other": "b", "move": "up"})", "'margin'"},
      {start + R"("kind": "direction", "text": "a", "other": "b", "move": "up", "margin": -0.1})", "'margin'"},
      {start + R"("kind": "direction", "text": "a", "other": "b", "move": "up", "margin": "1"})", "'margin'"},
      {R"({"skill": "s", "language": "fr", "kind": "refused", "text": " "})", "zh or en"},
      {R"({"skill": "", "language": "zh", "kind": "refused", "text": " "})", "'skill'"},
      {R"({"skill": 3, "language": "zh", "kind": "refused", "text": " "})", "'skill'"},
      {std::string(5 << 20, 'x'), "too long"},
  };
  for (const auto& [line, complaint] : wrong) {
    EXPECT_THAT(refusal("\n" + line + "\n"), AllOf(HasSubstr("cases.jsonl:2: "), HasSubstr(complaint)));
  }
}

TEST(BehaviourCases, NoCaseTwiceAndNotNone) {
  const std::string line = R"({"skill": "s", "language": "zh", "kind": "refused", "text": " "})";
  EXPECT_THAT(refusal(line + "\n" + line), AllOf(HasSubstr("jsonl:2: "), HasSubstr("cases.jsonl:1")));
  EXPECT_THAT(refusal("\n"), HasSubstr("no behaviour case"));
  const std::vector<std::string> absent = {"/no/such/file"};
  EXPECT_THAT(read_behaviour_cases(absent).error().message, HasSubstr("/no/such/file"));
}

BehaviourReply reply(std::int8_t label, double score) {
  return {.asked = true, .refused = false, .label = label, .score = score};
}

TEST(BehaviourPasses, ByKind) {
  const BehaviourReply positive = reply(0, 0.8), neutral = reply(1, 0.1), refused{.asked = true, .refused = true};
  BehaviourCase label;
  label.allowed = {true, false, false};
  EXPECT_TRUE(passes(label, positive, {}));
  EXPECT_FALSE(passes(label, neutral, {}));
  EXPECT_FALSE(passes(label, refused, {}));
  BehaviourCase same;
  same.kind = CaseKind::same;
  EXPECT_TRUE(passes(same, positive, reply(0, 0.2)));
  EXPECT_FALSE(passes(same, positive, neutral));
  EXPECT_FALSE(passes(same, positive, refused));
  EXPECT_FALSE(passes(same, refused, refused)) << "two refusals are no label";
  BehaviourCase empty;
  empty.kind = CaseKind::refused;
  EXPECT_TRUE(passes(empty, refused, {}));
  EXPECT_FALSE(passes(empty, neutral, {}));
}

TEST(BehaviourPasses, AMoveMustExceedItsMargin) {
  BehaviourCase up;
  up.kind = CaseKind::direction;
  up.up = true;
  up.margin = 0.5;
  EXPECT_TRUE(passes(up, reply(1, -0.5), reply(1, 0.25)));
  EXPECT_FALSE(passes(up, reply(1, -0.5), reply(1, 0))) << "as much as the margin is not more";
  EXPECT_FALSE(passes(up, reply(1, 0.25), reply(1, -0.5)));
  up.up = false;
  EXPECT_TRUE(passes(up, reply(1, 0.25), reply(1, -0.5)));
}

BehaviourRun run_of(const std::string& content) {
  const auto engine = engine::testing::open_toys({engine::testing::toy_zh(), engine::testing::toy_en()});
  EXPECT_TRUE(engine);
  auto run = judge_behaviour(*engine, read(content).value());
  EXPECT_TRUE(run) << run.error().message;
  return *run;
}

TEST(Behaviour, EveryAnswerIsJudged) {
  const BehaviourRun run = run_of(kGood);
  EXPECT_THAT(run.answers, ElementsAre("best", "fast", "logistic_regression", "linear_svm"));
  EXPECT_EQ(run.answer("fast"), 1u);
  EXPECT_EQ(run.answer("encoder"), run.answers.size());
  for (std::size_t row = 0; row < run.cases.size(); ++row) {
    for (std::size_t answer = 0; answer < run.answers.size(); ++answer) {
      EXPECT_TRUE(run.asked(row, answer));
      EXPECT_TRUE(run.passed(row, answer)) << row << " " << run.answers[answer];
    }
  }
}

constexpr const char* kMixed = R"({"skill": "a", "language": "zh", "kind": "label", "text": "差", "expect": "negative"}
{"skill": "a", "language": "zh", "kind": "label", "text": "不好", "expect": "negative"}
{"skill": "b", "language": "zh", "kind": "same", "text": "好\n", "other": "差"}
{"skill": "a", "language": "en", "kind": "refused", "text": "good"}
)";

TEST(BehaviourReport, CountsBySkillAndLanguage) {
  const BehaviourRun run = run_of(kMixed);
  const std::vector<SkillRates> rates = skill_rates(run);
  ASSERT_EQ(rates.size(), 5u) << "zh a, zh b, zh all, en a, en all";
  EXPECT_EQ(rates[0].cases, 2u);
  EXPECT_EQ(rates[0].answers[0].passed, 1u);
  EXPECT_EQ(rates[2].skill, "all");
  EXPECT_EQ(rates[2].cases, 3u);
  EXPECT_NEAR(rates[2].answers[0].share(), 1.0 / 3, 1e-9);
  EXPECT_EQ(rates[3].language, text::Language::en);
  EXPECT_EQ(rates[3].answers[0].passed, 0u);
  EXPECT_THAT(behaviour_text(run, rates), HasSubstr("zh  all        3   33.3 %"));
  EXPECT_THAT(behaviour_markdown(run, rates), HasSubstr("| zh | a | 2 | 50.0 % | 50.0 % | 50.0 % | 50.0 % |\n"));
}

TEST(BehaviourReport, ListsFailures) {
  const BehaviourRun run = run_of(kMixed);
  const std::string failures = failures_text(run, 0);
  EXPECT_THAT(failures, HasSubstr(R"(cases.jsonl:2: a: "不好": expected negative, found positive)"));
  EXPECT_THAT(failures, HasSubstr(R"(:3: b: "好\n" -> "差": expected the same label, found positive and negative)"));
  EXPECT_THAT(failures, HasSubstr("expected refused, found positive"));
  EXPECT_THAT(failures, Not(HasSubstr("cases.jsonl:1:")));
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  append_json_members(json, run, skill_rates(run));
  json.end_object();
  EXPECT_THAT(out, HasSubstr(R"("cases":4,"answers":["best","fast","logistic_regression","linear_svm"],"skills":[)"));
  EXPECT_THAT(out, HasSubstr(R"("expected":"negative","answers":{"best":{"passed":false,"found":"positive"})"));
  EXPECT_THAT(out, HasSubstr(R"("fast":{"cases":2,"passed":1,"rate":0.5})"));
}

TEST(BehaviourFloors, AreWrittenALittleBelowAndHeld) {
  const BehaviourRun run = run_of(kMixed);
  const std::vector<SkillRates> rates = skill_rates(run);
  const data::TemporaryFolder folder;
  const std::string written = floors_file(run, rates, 0);
  EXPECT_THAT(written, HasSubstr(R"("skill":"a","answer":"best","cases":2,"passed":1,"floor":0})"));
  const auto floors = read_floors(folder.write("floors.jsonl", written));
  ASSERT_TRUE(floors) << floors.error().message;
  EXPECT_THAT(below_floors(run, rates, *floors), IsEmpty());
  const std::vector<BehaviourFloor> higher = {{text::Language::zh, "a", "best", 0.5},
                                              {text::Language::zh, "a", "best", 0.51},
                                              {text::Language::zh, "a", "encoder", 0},
                                              {text::Language::en, "b", "best", 0}};
  EXPECT_THAT(below_floors(run, rates, higher),
              ElementsAre(HasSubstr("zh a (best): 1 of 2 cases passed, below the floor of 0.51"),
                          HasSubstr("zh a (encoder): a floor"), HasSubstr("en b (best): a floor")));
  EXPECT_THAT(read_floors(folder.write("bad.jsonl", "\n{\"skill\": \"a\"}\n")).error().message,
              HasSubstr("bad.jsonl:2: expected a floor"));
}

}  // namespace
}  // namespace tenor::judge
