// The suite itself, and the default models held to its floors. docs/behaviour.md says how floors are renewed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "data/composed_texts.h"
#include "engine/embedded_models.h"
#include "judge/behaviour_report.h"

namespace tenor::judge {
namespace {

using ::testing::IsEmpty;

const std::string kFolder = TENOR_SOURCE_DIR "/tests/behaviour/";

std::vector<BehaviourCase> suite() {
  const std::vector<std::string> files = {kFolder + "cases-zh.jsonl", kFolder + "cases-en.jsonl"};
  auto cases = read_behaviour_cases(files);
  EXPECT_TRUE(cases) << cases.error().message;
  return cases ? std::move(*cases) : std::vector<BehaviourCase>();
}

TEST(BehaviourSuite, IsLargeAndHalfChinese) {
  const std::vector<BehaviourCase> cases = suite();
  EXPECT_GE(cases.size(), 500u);
  const auto chinese = std::count_if(cases.begin(), cases.end(), [](const BehaviourCase& behaviour) {
    return behaviour.language == text::Language::zh;
  });
  EXPECT_GT(2 * static_cast<std::size_t>(chinese), cases.size());
}

TEST(BehaviourSuite, EverySkillHasTenCasesInItsLanguage) {
  std::map<std::string, int> skills;
  for (const BehaviourCase& behaviour : suite()) {
    EXPECT_TRUE(behaviour.file.ends_with(std::string("cases-") + text::to_string(behaviour.language) + ".jsonl"))
        << behaviour.file << ":" << behaviour.line;
    ++skills[std::string(text::to_string(behaviour.language)) + " " + behaviour.skill];
  }
  for (const auto& [skill, cases] : skills) EXPECT_GE(cases, 10) << skill;
  for (const char* skill :
       {"negation", "double_negation", "contrast", "comparison", "change", "intensity", "emoji", "sarcasm", "questions",
        "typos", "repetition", "spacing", "mixed_language", "empty", "invariance", "addition"}) {
    for (const char* language : {"zh ", "en "}) EXPECT_TRUE(skills.contains(language + std::string(skill))) << skill;
  }
}

// No answer that fits everything: each label is asked for often enough.
TEST(BehaviourSuite, AsksForEveryLabel) {
  std::map<std::string, int> expected;
  for (const BehaviourCase& behaviour : suite()) {
    if (behaviour.kind == CaseKind::label) {
      ++expected[std::string(text::to_string(behaviour.language)) + " " + expectation(behaviour)];
    }
  }
  for (const char* language : {"zh ", "en "}) {
    for (const char* label : {"positive", "neutral", "negative"}) {
      EXPECT_GE(expected[language + std::string(label)], 10) << language << label;
    }
  }
}

// The grammar that makes training rows must not make the cases: a pass would only show that it was learnt by heart.
TEST(BehaviourSuite, HoldsNoTextThatTheGrammarMakes) {
  std::set<std::string> cases;
  for (const BehaviourCase& behaviour : suite()) {
    // Emoji alone are what they are, whoever writes them.
    if (behaviour.skill == "emoji") continue;
    cases.insert(behaviour.text);
    cases.insert(behaviour.other);
  }
  Random random(11);
  std::set<std::string> met;
  for (int i = 0; i < 200'000; ++i) {
    const auto label = static_cast<std::int8_t>(random.below(3));
    for (const data::Grammar* grammar : {&data::chinese_grammar(), &data::english_grammar()}) {
      std::string text = data::composed_text(*grammar, label, random);
      if (cases.contains(text)) met.insert(std::move(text));
    }
  }
  EXPECT_THAT(met, IsEmpty());
}

TEST(BehaviourSuite, DefaultModelsStayAboveTheFloors) {
  if (engine::embedded_models().empty()) GTEST_SKIP() << "this build has no models inside";
  const auto engine = engine::Engine::open_embedded();
  ASSERT_TRUE(engine) << engine.error().message;
  const auto run = judge_behaviour(*engine, suite());
  ASSERT_TRUE(run) << run.error().message;
  const std::vector<SkillRates> rates = skill_rates(*run);
  const auto floors = read_floors(kFolder + "floors.jsonl");
  ASSERT_TRUE(floors) << floors.error().message;
  EXPECT_EQ(floors->size(), rates.size()) << "write the floors anew: docs/behaviour.md";
  EXPECT_THAT(below_floors(*run, rates, *floors), IsEmpty()) << behaviour_text(*run, rates);
}

// Whatever a case's text is, there is an answer or the one refusal, from everybody.
TEST(BehaviourSuite, NothingButEmptyTextsIsRefused) {
  if (engine::embedded_models().empty()) GTEST_SKIP() << "this build has no models inside";
  const auto engine = engine::Engine::open_embedded();
  ASSERT_TRUE(engine) << engine.error().message;
  const engine::ScratchPtr scratch = engine->make_scratch();
  engine::Verdict verdict;
  for (const BehaviourCase& behaviour : suite()) {
    const Status status = engine->classify(behaviour.text, {.language = behaviour.language}, *scratch, verdict);
    ASSERT_EQ(status.has_value(), behaviour.kind != CaseKind::refused) << behaviour.file << ":" << behaviour.line;
    if (!status) {
      EXPECT_EQ(status.error().code, ErrorCode::empty_text);
    }
  }
}

}  // namespace
}  // namespace tenor::judge
