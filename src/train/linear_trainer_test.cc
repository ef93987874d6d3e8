// A feature space trained from end to end on generated rows.
#include "train/linear_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/test_support.h"

namespace tenor::train {
namespace {

using testing::GeneratedData;
using ::testing::HasSubstr;
using testing::quiet_context;
using testing::train_all;

class TrainedLanguage : public ::testing::TestWithParam<bool> {};

TEST_P(TrainedLanguage, LearnsWhatTheWordsSay) {
  const GeneratedData data(GetParam());
  const auto config = load_linear_config(data.path("config.yaml"));
  ASSERT_TRUE(config) << config.error().message;
  std::vector<std::string> said;
  TrainContext context = quiet_context(data.folder().path());
  context.say = [&](const std::string& line) { said.push_back(line); };
  const auto spaces = train_all(*config, context);
  ASSERT_TRUE(spaces) << spaces.error().message;
  ASSERT_EQ(spaces->size(), 2u);
  const TrainedSpace& aspects = (*spaces)[0];
  const TrainedSpace& overall = (*spaces)[1];

  EXPECT_EQ(overall.settings.tasks, std::vector<std::string>{"overall"});
  EXPECT_EQ(overall.tasks[0].labels, (std::vector<std::int8_t>{0, 1, 2}));
  EXPECT_EQ(aspects.settings.tasks, std::vector<std::string>{"food"});
  EXPECT_EQ(aspects.tasks[0].labels, (std::vector<std::int8_t>{0, 1, 2, 3}));
  EXPECT_EQ(overall.bias.size(), 6u);
  EXPECT_EQ(aspects.bias.size(), 8u);
  EXPECT_LE(aspects.weights.size() / aspects.bias.size(), 300u);
  EXPECT_EQ(aspects.idf.size() * aspects.bias.size(), aspects.weights.size());
  EXPECT_TRUE(overall.idf.empty());
  EXPECT_EQ(overall.decisions.offsets, std::vector<float>(3)) << "none were asked for";

  EXPECT_EQ(overall.report.train_rows, 600u);
  EXPECT_EQ(overall.report.dev_rows, 300u);
  EXPECT_EQ(overall.report.train_fingerprint, aspects.report.train_fingerprint);
  EXPECT_NE(overall.report.train_fingerprint, overall.report.dev_fingerprint);
  EXPECT_GT(overall.report.dev_scores.at("overall"), 0.97);
  EXPECT_GT(overall.report.dev_scores.at("overall one"), 0.95);
  EXPECT_GT(overall.report.dev_scores.at("overall two"), 0.95);
  EXPECT_GT(aspects.report.dev_scores.at("food"), 0.9);
  EXPECT_EQ(overall.report.dev_decisions, 300u);
  EXPECT_LE(overall.report.int8_flips, 1u);
  EXPECT_LE(aspects.report.int8_flips, 1u);
  EXPECT_THAT(said, ::testing::Contains(HasSubstr("overall: 600 training rows, 0 bad rows skipped")));
}

INSTANTIATE_TEST_SUITE_P(Languages, TrainedLanguage, ::testing::Bool(),
                         [](const auto& one) { return std::string(one.param ? "zh" : "en"); });

TEST(LinearTrainerTest, TheSameRowsGiveTheSameNumbers) {
  const GeneratedData data(true);
  const auto config = load_linear_config(data.path("config.yaml"));
  ASSERT_TRUE(config);
  const auto first = train_all(*config, quiet_context(data.folder().path()));
  const auto again = train_all(*config, quiet_context(data.folder().path()));
  ASSERT_TRUE(first && again);
  for (std::size_t s = 0; s < first->size(); ++s) {
    const TrainedSpace& a = (*first)[s];
    const TrainedSpace& b = (*again)[s];
    EXPECT_EQ(a.weights, b.weights);
    EXPECT_EQ(a.bias, b.bias);
    EXPECT_EQ(a.int8.values, b.int8.values);
    EXPECT_EQ(a.int8.scales, b.int8.scales);
    EXPECT_EQ(a.dictionary.fingerprints, b.dictionary.fingerprints);
    EXPECT_EQ(a.decisions.calibration_scale, b.decisions.calibration_scale);
    EXPECT_EQ(a.decisions.calibration_bias, b.decisions.calibration_bias);
    EXPECT_EQ(a.decisions.offsets, b.decisions.offsets);
  }
}

SpaceConfig overall_of(const LinearConfig& config) {
  return config.spaces[1];
}

TEST(LinearTrainerTest, TheBetterCostOnDevIsTaken) {
  const GeneratedData data(false);
  const auto config = load_linear_config(data.path("config.yaml"));
  ASSERT_TRUE(config);
  SpaceConfig space = overall_of(*config);
  space.costs[LinearKind::logistic_regression] = {1e-7, 1};
  space.costs[LinearKind::linear_svm] = {1, 1e-9};
  const auto trained = train_space(*config, space, quiet_context(data.folder().path()));
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->report.costs.at(LinearKind::logistic_regression), 1);
  EXPECT_EQ(trained->report.costs.at(LinearKind::linear_svm), 1);

  space.costs[LinearKind::linear_svm] = {1};
  space.costs[LinearKind::logistic_regression] = {1};
  const auto fixed = train_space(*config, space, quiet_context(data.folder().path()));
  ASSERT_TRUE(fixed);
  EXPECT_EQ(fixed->weights, trained->weights) << "the candidates that were tried leave nothing behind";
}

TEST(LinearTrainerTest, ASpaceWithoutFeaturesIsItsBiases) {
  const GeneratedData data(true);
  const auto config = load_linear_config(data.path("config.yaml"));
  ASSERT_TRUE(config);
  SpaceConfig space = overall_of(*config);
  space.selection.min_rows = 100000;
  const auto trained = train_space(*config, space, quiet_context(data.folder().path()));
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_TRUE(trained->weights.empty());
  EXPECT_EQ(trained->bias.size(), 6u);
}

TEST(LinearTrainerTest, HashedFeaturesLearnToo) {
  const GeneratedData data(true);
  const auto config = load_linear_config(data.path("config.yaml"));
  ASSERT_TRUE(config);
  SpaceConfig space = overall_of(*config);
  space.hash_bits = 12;
  const auto trained = train_space(*config, space, quiet_context(data.folder().path()));
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->weights.size(), 4096u * 6);
  EXPECT_EQ(trained->settings.hash_bits, 12);
  EXPECT_TRUE(trained->dictionary.bases.empty());
  EXPECT_GT(trained->report.dev_scores.at("overall"), 0.97);
}

TEST(LinearTrainerTest, WeightsAndMasksAreHonoured) {
  const GeneratedData data(false);
  const auto config = load_linear_config(data.path("config.yaml"));
  ASSERT_TRUE(config);
  SpaceConfig space = overall_of(*config);
  space.source_weights = {{"one", 0}, {"two", 0}};
  const auto nothing = train_space(*config, space, quiet_context(data.folder().path()));
  ASSERT_FALSE(nothing) << "all rows weigh nothing";
  EXPECT_EQ(nothing.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(nothing.error().message, HasSubstr("task 'overall'"));

  space.source_weights = {{"two", 0}};
  const auto half = train_space(*config, space, quiet_context(data.folder().path()));
  ASSERT_TRUE(half) << half.error().message;
  EXPECT_GT(half->report.dev_scores.at("overall"), 0.9);
}

TEST(LinearTrainerTest, DevRowsWithoutLabelsAreAnError) {
  const GeneratedData data(true);
  data.folder().write("dev.jsonl", R"({"text": "好", "aspects": {"food": "positive"}})");
  const auto config = load_linear_config(data.path("config.yaml"));
  ASSERT_TRUE(config);
  const auto trained = train_space(*config, overall_of(*config), quiet_context(data.folder().path()));
  ASSERT_FALSE(trained);
  EXPECT_THAT(trained.error().message, HasSubstr("'overall'"));
}

}  // namespace
}  // namespace tenor::train
