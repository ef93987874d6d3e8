// What Engine::open() refuses, and that it says why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/engine.h"
#include "engine/test_support.h"

namespace tenor::engine {
namespace {

using namespace engine::testing;
using ::testing::HasSubstr;

Error refusal(const ToyModel& model) {
  const auto engine = open_toys({model});
  EXPECT_FALSE(engine);
  return engine ? Error{} : engine.error();
}

TEST(EngineOpenTest, NeedsAModel) {
  const auto engine = Engine::open(std::span<const bundle::Bundle>());
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ErrorCode::invalid_argument);
}

TEST(EngineOpenTest, AFolderThatIsNotThereIsNamed) {
  const std::vector<std::filesystem::path> folders = {"/nowhere/at/all"};
  const auto engine = Engine::open(folders);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ErrorCode::not_found);
  EXPECT_THAT(engine.error().message, HasSubstr("/nowhere/at/all"));
}

TEST(EngineOpenTest, AnotherNormaliserIsRefused) {
  ToyModel model = toy_zh();
  model.edit = [](bundle::Manifest& manifest) { manifest.features.normalizer_version = text::kNormalizerVersion + 1; };
  const Error error = refusal(model);
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_THAT(error.message, HasSubstr("normaliser " + std::to_string(text::kNormalizerVersion + 1)));
}

TEST(EngineOpenTest, AnUnknownKindOfExpertIsRefused) {
  ToyModel model = toy_zh();
  model.edit = [](bundle::Manifest& manifest) { manifest.experts[1].kind = "forest"; };
  const Error error = refusal(model);
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_THAT(error.message, HasSubstr("'linear_svm' is of kind 'forest'"));
}

TEST(EngineOpenTest, AnUnknownLanguageIsRefused) {
  ToyModel model = toy_zh();
  model.languages = {"zh", "fr"};
  EXPECT_EQ(refusal(model).code, ErrorCode::unsupported);
  EXPECT_THAT(refusal(model).message, HasSubstr("'fr'"));
}

TEST(EngineOpenTest, ATaskIsScoredOnce) {
  ToyModel twice = toy_zh();
  twice.spaces[1].tasks = {"food_taste", "overall"};
  twice.spaces[1].weights.clear();
  twice.spaces[1].bias.clear();
  EXPECT_EQ(refusal(twice).code, ErrorCode::corrupt);
  EXPECT_THAT(refusal(twice).message, HasSubstr("'overall' is scored twice"));

  ToyModel never = toy_zh();
  never.spaces.pop_back();
  EXPECT_EQ(refusal(never).code, ErrorCode::corrupt);
  EXPECT_THAT(refusal(never).message, HasSubstr("no expert scores task 'food_taste'"));

  ToyModel unknown = toy_zh();
  unknown.edit = [](bundle::Manifest& manifest) {
    manifest.tasks.pop_back();
    for (bundle::Expert& expert : manifest.experts) expert.tasks.pop_back();
  };
  EXPECT_EQ(refusal(unknown).code, ErrorCode::corrupt);
  EXPECT_THAT(refusal(unknown).message, HasSubstr("unknown task location"));
}

TEST(EngineOpenTest, MoreThanFourLabelsAreRefused) {
  ToyModel model{.name = "m", .languages = {"zh"}, .ngrams = {.char_max = 1}, .tasks = {}, .spaces = {}};
  model.tasks = {{"overall", bundle::TaskKind::overall, {"a", "b", "c", "d", "e"}}};
  model.spaces = {{.name = "s", .tasks = {"overall"}}};
  EXPECT_EQ(refusal(model).code, ErrorCode::unsupported);
  EXPECT_THAT(refusal(model).message, HasSubstr("5 labels"));
  model.tasks[0].labels.pop_back();
  EXPECT_TRUE(open_toys({model})) << "four are answered";
}

TEST(EngineOpenTest, TheOverallTaskComesFirstAndAlone) {
  ToyModel last = toy_en();
  std::swap(last.tasks[0], last.tasks[1]);
  EXPECT_EQ(refusal(last).code, ErrorCode::unsupported);
  ToyModel two = toy_en();
  two.tasks[1].kind = bundle::TaskKind::overall;
  EXPECT_EQ(refusal(two).code, ErrorCode::unsupported);
  ToyModel none = toy_en();
  none.tasks[0].kind = bundle::TaskKind::aspect;
  EXPECT_EQ(refusal(none).code, ErrorCode::unsupported);
}

TEST(EngineOpenTest, SettingsAndTensorsThatDisagreeAreRefused) {
  ToyModel settings = toy_en();
  settings.edit = [](bundle::Manifest& manifest) { manifest.features.settings = {}; };
  EXPECT_EQ(refusal(settings).code, ErrorCode::not_found);
  ToyModel experts = toy_en();
  experts.edit = [](bundle::Manifest& manifest) { manifest.experts.pop_back(); };
  EXPECT_EQ(refusal(experts).code, ErrorCode::corrupt) << "tensors of two experts, a manifest of one";
  EXPECT_THAT(refusal(experts).message, HasSubstr("feature space 'all'"));
}

TEST(EngineOpenTest, OneExpertIsEnough) {
  ToyModel model = toy_en();
  model.experts = {"svm"};
  for (auto& [hash, row] : model.spaces[0].weights) row.resize(7);
  model.spaces[0].bias.resize(7);
  const auto engine = open_toys({model});
  ASSERT_TRUE(engine) << engine.error().message;
  Verdict verdict;
  ASSERT_TRUE(engine->classify("bad", {}, *engine->make_scratch(), verdict));
  EXPECT_EQ(verdict.overall.label_name(), "negative");
  EXPECT_EQ(verdict.experts.size(), 1u);
}

TEST(EngineOpenTest, AModelThatKnowsNoNgramAnswersItsBiases) {
  ToyModel model = toy_en();
  model.spaces[0].weights.clear();
  const auto engine = open_toys({model});
  ASSERT_TRUE(engine) << engine.error().message;
  Verdict verdict;
  ASSERT_TRUE(engine->classify("bad", {.explain = true}, *engine->make_scratch(), verdict));
  EXPECT_EQ(verdict.overall.label_name(), "neutral");
  EXPECT_TRUE(verdict.overall.evidence.empty());
}

}  // namespace
}  // namespace tenor::engine
