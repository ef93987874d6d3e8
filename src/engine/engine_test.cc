#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>

#include "engine/embedded_models.h"
#include "engine/test_support.h"
#include "gate/fusion.h"
#include "gate/task_fusion.h"

namespace tenor::engine {
namespace {

using namespace engine::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() : engine_(open_toys({toy_zh(), toy_en()}).value()), scratch_(engine_.make_scratch()) {}

  Verdict classify(std::string_view text, const Options& options = {}) {
    Verdict verdict;
    const Status status = engine_.classify(text, options, *scratch_, verdict);
    EXPECT_TRUE(status) << status.error().message;
    return verdict;
  }
  Error refusal(std::string_view text, const Options& options = {}) {
    Verdict verdict;
    const Status status = engine_.classify(text, options, *scratch_, verdict);
    EXPECT_FALSE(status);
    return status ? Error{} : status.error();
  }

  Engine engine_;
  ScratchPtr scratch_;
};

double sum_of(const TaskVerdict& verdict) {
  return std::accumulate(verdict.probabilities.begin(), verdict.probabilities.end(), 0.0);
}

std::vector<std::string> names_of(const Verdict& verdict) {
  std::vector<std::string> names;
  for (const TaskVerdict& aspect : verdict.aspects) names.push_back(aspect.task->name);
  return names;
}

TEST_F(EngineTest, AnswersWhatTheWeightsSay) {
  EXPECT_EQ(classify("好").overall.label_name(), "positive");
  EXPECT_EQ(classify("差").overall.label_name(), "negative");
  EXPECT_EQ(classify("路上").overall.label_name(), "neutral");
  EXPECT_EQ(classify("good").overall.label_name(), "positive");
  EXPECT_EQ(classify("BAD!").overall.label_name(), "negative");
}

TEST_F(EngineTest, FusesTheMeanOfTheExpertsDistributions) {
  const Verdict verdict = classify("好好");
  // Two occurrences of 好 over the biases, by hand.
  const auto softmax = [](double a, double b, double c) {
    const double sum = std::exp(a) + std::exp(b) + std::exp(c);
    return std::array{std::exp(a) / sum, std::exp(b) / sum, std::exp(c) / sum};
  };
  const auto first = softmax(6, 1, -4);
  const auto second = softmax(4, 1, -2);
  ASSERT_EQ(verdict.experts.size(), 2u);
  EXPECT_EQ(verdict.experts[0].expert, "logistic_regression");
  EXPECT_EQ(verdict.experts[1].expert, "linear_svm");
  for (std::size_t l = 0; l < 3; ++l) {
    EXPECT_NEAR(verdict.experts[0].probabilities[l], first[l], 1e-6);
    EXPECT_NEAR(verdict.experts[1].probabilities[l], second[l], 1e-6);
    EXPECT_NEAR(verdict.overall.probabilities[l], (first[l] + second[l]) / 2, 1e-6);
  }
  EXPECT_EQ(verdict.overall.score(), verdict.overall.probabilities[0]);
}

TEST_F(EngineTest, ProbabilitiesSumToOne) {
  for (const char* text : {"好", "差差差差差差差差差差差差", "味道好", "x", "good food", "。"}) {
    const Verdict verdict = classify(text, {.all_aspects = true});
    EXPECT_NEAR(sum_of(verdict.overall), 1, 1e-6) << text;
    for (const TaskVerdict& aspect : verdict.aspects) EXPECT_NEAR(sum_of(aspect), 1, 1e-6) << text;
    for (const ExpertAnswer& answer : verdict.experts) {
      EXPECT_NEAR(std::accumulate(answer.probabilities.begin(), answer.probabilities.end(), 0.0), 1, 1e-6);
    }
  }
}

TEST_F(EngineTest, SaysWhatItRead) {
  const Verdict verdict = classify("\xEF\xBB\xBF 好\xFF\xF0\x9F\x98\x80 ");
  EXPECT_EQ(verdict.characters, 6u);
  EXPECT_EQ(verdict.invalid_bytes, 1u);
  EXPECT_EQ(verdict.model->name, "toy-zh");
  EXPECT_EQ(verdict.model->precision, "float32");
  EXPECT_EQ(verdict.model->digest.size(), 64u);
  EXPECT_FALSE(verdict.explained);
  EXPECT_TRUE(verdict.overall.evidence.empty());
  EXPECT_TRUE(verdict.aspects.empty());
}

TEST_F(EngineTest, RoutesByLanguage) {
  EXPECT_EQ(classify("好 very").model->name, "toy-en");
  EXPECT_EQ(classify("味道很好 ok").model->name, "toy-zh");
  EXPECT_EQ(classify("good 123").language, text::Language::en);
  EXPECT_EQ(classify("😀").model->name, "toy-zh") << "neither script: the first language";
  const Verdict forced = classify("good", {.language = text::Language::zh});
  EXPECT_EQ(forced.model->name, "toy-zh");
  EXPECT_EQ(forced.language, text::Language::zh);
  EXPECT_TRUE(forced.language_supported);
  EXPECT_EQ(forced.overall.label_name(), "neutral") << "the Chinese model does not know the word";
  EXPECT_EQ(classify("好", {.language = text::Language::en}).model->name, "toy-en");
}

TEST_F(EngineTest, TheFirstModelAnswersForALanguageNobodyKnows) {
  const Engine engine = open_toys({toy_en()}).value();
  Verdict verdict;
  ASSERT_TRUE(engine.classify("差 bad", {.language = text::Language::zh}, *scratch_, verdict));
  EXPECT_FALSE(verdict.language_supported);
  EXPECT_EQ(verdict.language, text::Language::zh);
  EXPECT_EQ(verdict.model->name, "toy-en");
  EXPECT_EQ(verdict.overall.label_name(), "negative");
  ASSERT_TRUE(engine.classify("bad", {}, *scratch_, verdict));
  EXPECT_TRUE(verdict.language_supported) << "not left over from the text before";
}

TEST_F(EngineTest, TheFirstModelOfALanguageWins) {
  ToyModel second = toy_en();
  second.name = "toy-second";
  const Engine engine = open_toys({toy_zh(), toy_en(), second}).value();
  Verdict verdict;
  ASSERT_TRUE(engine.classify("good", {}, *scratch_, verdict));
  EXPECT_EQ(verdict.model->name, "toy-en");
  ASSERT_EQ(engine.models().size(), 3u);
  EXPECT_EQ(engine.models()[2]->name, "toy-second");
}

TEST_F(EngineTest, TheModelThatIsNamedAnswers) {
  ToyModel second = toy_en();
  second.name = "toy-second";
  const Engine engine = open_toys({toy_zh(), toy_en(), second}).value();
  Verdict verdict;
  ASSERT_TRUE(engine.classify("good", {.model = "toy-second"}, *scratch_, verdict));
  EXPECT_EQ(verdict.model->name, "toy-second");
  EXPECT_TRUE(verdict.language_supported);
  ASSERT_TRUE(engine.classify("good", {.model = "toy-zh"}, *scratch_, verdict));
  EXPECT_EQ(verdict.model->name, "toy-zh");
  EXPECT_EQ(verdict.language, text::Language::en) << "the text's";
  EXPECT_FALSE(verdict.language_supported);
}

TEST_F(EngineTest, AModelThatIsNotThereIsAnErrorThatNamesThoseThatAre) {
  const Error error = refusal("good", {.model = "toy-fr"});
  EXPECT_EQ(error.code, ErrorCode::not_found);
  EXPECT_THAT(error.message, AllOf(HasSubstr("toy-fr"), HasSubstr("toy-zh, toy-en")));
  EXPECT_EQ(engine_.check({.model = "toy-fr"}).error().code, ErrorCode::not_found);
  EXPECT_TRUE(engine_.check({.model = "toy-en"}));
  EXPECT_TRUE(engine_.check({.aspects = {"food_taste"}}));
  EXPECT_FALSE(engine_.check({.model = "toy-en", .aspects = {"food_taste"}})) << "another model's aspect";
}

TEST_F(EngineTest, ATextOfNothingIsAnError) {
  for (const std::string_view text : {std::string_view(""), std::string_view(" \t\r\n"), std::string_view("\0", 1),
                                      std::string_view("\u3000\u200B\uFEFF\u00AD")}) {
    EXPECT_EQ(refusal(text).code, ErrorCode::empty_text);
  }
  EXPECT_EQ(classify("\xFF").invalid_bytes, 1u) << "a broken byte is something";
}

TEST_F(EngineTest, AspectsAreAnsweredInTheModelsOrder) {
  EXPECT_EQ(names_of(classify("好", {.all_aspects = true})), (std::vector<std::string>{"food_taste", "location"}));
  EXPECT_EQ(names_of(classify("好", {.aspects = {"location", "food_taste", "location"}})),
            (std::vector<std::string>{"food_taste", "location"}));
  const Verdict one = classify("位好", {.aspects = {"location"}});
  ASSERT_EQ(names_of(one), std::vector<std::string>{"location"});
  EXPECT_EQ(one.aspects[0].label_name(), "positive");
  EXPECT_EQ(one.overall.label_name(), "positive");
  const Verdict all = classify("味差", {.all_aspects = true});
  EXPECT_EQ(all.aspects[0].label_name(), "negative");
  EXPECT_EQ(all.aspects[1].label_name(), "not_mentioned");
  EXPECT_EQ(all.aspects[0].probabilities, classify("味差", {.aspects = {"food_taste"}}).aspects[0].probabilities);
}

TEST_F(EngineTest, AnUnknownAspectIsAnErrorThatNamesTheKnownOnes) {
  const Error chinese = refusal("好", {.aspects = {"food"}});
  EXPECT_EQ(chinese.code, ErrorCode::invalid_argument);
  EXPECT_THAT(chinese.message, AllOf(HasSubstr("'food'"), HasSubstr("food_taste, location"), HasSubstr("toy-zh")));
  EXPECT_THAT(refusal("good", {.aspects = {"food", "x"}}).message, AllOf(HasSubstr("'x'"), HasSubstr("food")));
  EXPECT_EQ(refusal("好", {.aspects = {"overall"}}).code, ErrorCode::invalid_argument) << "overall is no aspect";

  EXPECT_TRUE(engine_.check({.aspects = {"food", "location"}})) << "each is known to some model";
  const Status status = engine_.check({.aspects = {"location", "x"}});
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message,
              AllOf(HasSubstr("'x'"), HasSubstr("toy-zh: food_taste, location"), HasSubstr("toy-en: food")));
  EXPECT_FALSE(engine_.check({.aspects = {"overall"}}));
  EXPECT_FALSE(engine_.check({.aspects = {""}}));
}

TEST_F(EngineTest, DecisionOffsetsMoveTheLabelButNotTheProbabilities) {
  ToyModel moved = toy_zh();
  moved.spaces[1].offsets = {0, 0, 0, 0, /**/ 0, 4, 0, 0};
  const Engine engine = open_toys({moved}).value();
  const Options all{.all_aspects = true};
  const Verdict before = classify("位好", all);
  Verdict after;
  ASSERT_TRUE(engine.classify("位好", all, *scratch_, after));
  EXPECT_EQ(before.aspects[1].label_name(), "positive");
  EXPECT_EQ(after.aspects[1].label_name(), "neutral");
  EXPECT_EQ(after.aspects[1].score(), after.aspects[1].probabilities[1]);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(before.aspects[i].probabilities, after.aspects[i].probabilities);
  }
  EXPECT_EQ(before.aspects[0].label, after.aspects[0].label);
  EXPECT_EQ(before.overall.probabilities, after.overall.probabilities);
}

TEST_F(EngineTest, FusionsAreATasksOwn) {
  ToyModel weighted = toy_zh();
  weighted.edit = [](bundle::Manifest& manifest) {
    gate::write_task_fusion("overall", {{0.25f, 0.75f}, 2, {0, 9, 0}}, manifest.fusion);
    gate::write_task_fusion("location", {{0, 1}, 1, {0, 0, 0, 0}}, manifest.fusion);
  };
  const Engine engine = open_toys({weighted}).value();
  const Options all{.all_aspects = true, .experts = true};
  const Verdict before = classify("位好", all);
  Verdict after;
  ASSERT_TRUE(engine.classify("位好", all, *scratch_, after));
  std::array<float, 3> expected{};
  double sum = 0;
  for (std::size_t l = 0; l < 3; ++l) {
    expected[l] = std::sqrt(0.25f * before.experts[0].probabilities[l] + 0.75f * before.experts[1].probabilities[l]);
    sum += expected[l];
  }
  for (std::size_t l = 0; l < 3; ++l) EXPECT_NEAR(after.overall.probabilities[l], expected[l] / sum, 1e-6);
  EXPECT_EQ(before.overall.label_name(), "positive");
  EXPECT_EQ(after.overall.label_name(), "neutral") << "the fusion's offsets decide";
  EXPECT_EQ(after.aspects[0].probabilities, before.aspects[0].probabilities) << "food_taste is averaged";
  for (std::size_t l = 0; l < 4; ++l) {
    EXPECT_NEAR(after.aspects[1].probabilities[l], before.aspects[1].experts[1].probabilities[l], 1e-6) << "the second";
  }
}

TEST_F(EngineTest, ExpertsAreListedOnRequest) {
  const Verdict verdict = classify("位好", {.all_aspects = true, .experts = true});
  for (const TaskVerdict& aspect : verdict.aspects) {
    ASSERT_EQ(aspect.experts.size(), 2u);
    EXPECT_EQ(aspect.experts[0].expert, "logistic_regression");
    EXPECT_EQ(aspect.experts[1].expert, "linear_svm");
    for (std::size_t l = 0; l < 4; ++l) {
      const float mean = (aspect.experts[0].probabilities[l] + aspect.experts[1].probabilities[l]) / 2;
      EXPECT_NEAR(mean, aspect.probabilities[l], 1e-6);
    }
  }
  EXPECT_TRUE(classify("位好", {.all_aspects = true}).aspects[0].experts.empty());
}

TEST_F(EngineTest, FusionsThatDoNotFitAreRefused) {
  ToyModel wrong = toy_zh();
  wrong.edit = [](bundle::Manifest& manifest) { gate::write_task_fusion("location", {{1}, 1, {}}, manifest.fusion); };
  const auto engine = open_toys({wrong});
  ASSERT_FALSE(engine);
  EXPECT_THAT(engine.error().message, AllOf(HasSubstr("'location'"), HasSubstr("2 numbers")));
}

TEST_F(EngineTest, AReusedVerdictHoldsNothingOfTheTextBefore) {
  Verdict verdict;
  ASSERT_TRUE(engine_.classify("味好位差", {.all_aspects = true, .explain = true}, *scratch_, verdict));
  EXPECT_FALSE(verdict.overall.evidence.empty());
  ASSERT_TRUE(engine_.classify("good", {}, *scratch_, verdict));
  EXPECT_TRUE(verdict.overall.evidence.empty());
  EXPECT_TRUE(verdict.overall.contributions.empty());
  EXPECT_TRUE(verdict.aspects.empty());
  EXPECT_FALSE(verdict.explained);
}

// The shipped models; a build without them has nothing to open.
TEST_F(EngineTest, TimesAddUpAndChangeNoAnswer) {
  Verdict plain, timed;
  StageTimes times;
  ASSERT_TRUE(engine_.classify("味道好", {.all_aspects = true}, *scratch_, plain));
  ASSERT_TRUE(engine_.classify("味道好", {.all_aspects = true}, *scratch_, timed, &times));
  EXPECT_EQ(plain.overall.probabilities, timed.overall.probabilities);
  const StageTimes first = times;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(engine_.classify("味道好", {}, *scratch_, timed, &times));
  for (const auto stage : {&StageTimes::normalize, &StageTimes::features, &StageTimes::experts, &StageTimes::fuse}) {
    EXPECT_GE(first.*stage, 0);
    EXPECT_GT(times.*stage, first.*stage);
  }
}

TEST(EmbeddedModelsTest, DefaultOnesAreCalledLikeALanguageAndOthersOpenByName) {
  const auto unknown = open_embedded_bundle("nobody");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  if (embedded_models().empty()) GTEST_SKIP() << "built without default models";
  const auto defaults = open_embedded_bundles();
  ASSERT_TRUE(defaults) << defaults.error().message;
  std::vector<std::string> origins;
  for (const bundle::Bundle& bundle : *defaults) origins.push_back(bundle.origin());
  EXPECT_THAT(origins, ::testing::UnorderedElementsAre("embedded en", "embedded zh"));
  for (const EmbeddedModel& model : embedded_models()) {
    const auto bundle = open_embedded_bundle(model.name);
    ASSERT_TRUE(bundle) << bundle.error().message;
    EXPECT_EQ(bundle->origin(), "embedded " + std::string(model.name));
  }
}

TEST(EmbeddedModelsTest, OpenAndAnswer) {
  const auto engine = Engine::open_embedded();
  if (embedded_models().empty()) {
    ASSERT_FALSE(engine);
    EXPECT_EQ(engine.error().code, ErrorCode::not_found);
    GTEST_SKIP() << "built without default models";
  }
  ASSERT_TRUE(engine) << engine.error().message;
  const ScratchPtr scratch = engine->make_scratch();
  Verdict verdict;
  const Options options{.all_aspects = true, .explain = true};
  const auto label = [&](const char* text) -> std::string {
    EXPECT_TRUE(engine->classify(text, options, *scratch, verdict));
    EXPECT_TRUE(verdict.language_supported) << text;
    EXPECT_FALSE(verdict.overall.evidence.empty()) << text;
    return std::string(verdict.overall.label_name());
  };
  EXPECT_EQ(label("味道很好，服务也非常热情，下次还会再来！"), "positive");
  EXPECT_EQ(verdict.aspects.size(), 18u);
  EXPECT_EQ(label("太难吃了，服务态度极差，再也不会来了"), "negative");
  EXPECT_EQ(label("The food was delicious and the staff were wonderful."), "positive");
  EXPECT_EQ(verdict.aspects.size(), 4u);
  EXPECT_EQ(label("Terrible service, cold food, never again."), "negative");
}

}  // namespace
}  // namespace tenor::engine
