// From generated rows to a bundle on disk, and from there through the engine that serves it.
#include "ship/linear_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file_system.h"
#include "data/dataset.h"
#include "engine/engine.h"
#include "experts/linear_experts.h"
#include "gate/fusion.h"
#include "ship/linear_card.h"
#include "text/normalizer.h"
#include "train/space_features.h"
#include "train/test_support.h"

namespace tenor::ship {
namespace {

using ::testing::HasSubstr;
using train::testing::GeneratedData;
using train::testing::quiet_context;

constexpr const char* kCommand = "tenor-train linear --config config.yaml --data DATA --out toy";

// Everything a test needs of one training.
struct Trained {
  explicit Trained(bool chinese, const std::string& weights = "int8") : data(chinese, weights) {
    config = train::load_linear_config(data.path("config.yaml")).value();
    spaces = train::testing::train_all(config, quiet_context(data.folder().path())).value();
  }
  LinearBundleInput input() const { return {config, spaces, "the: yaml\n", kCommand}; }
  std::map<std::string, std::string> files() const {
    auto writer = make_linear_bundle(input()).value();
    EXPECT_TRUE(writer.add_file("MODEL_CARD.md", linear_card(input(), {})));
    return writer.build().value();
  }
  std::string publish() const {
    const std::string target = data.path("bundle");
    auto writer = make_linear_bundle(input()).value();
    EXPECT_TRUE(writer.add_file("MODEL_CARD.md", linear_card(input(), {})));
    const Status status = writer.publish(target);
    EXPECT_TRUE(status) << status.error().message;
    return target;
  }

  GeneratedData data;
  train::LinearConfig config;
  std::vector<train::TrainedSpace> spaces;
};

engine::Engine open_engine(const std::string& folder) {
  const std::vector<std::filesystem::path> folders = {folder};
  return engine::Engine::open(folders).value();
}

TEST(LinearBundleTest, TheManifestSaysWhatWasTrained) {
  const Trained trained(true);
  const auto bundle = bundle::Bundle::open(trained.publish());
  ASSERT_TRUE(bundle) << bundle.error().message;
  const bundle::Manifest& manifest = bundle->manifest();
  EXPECT_EQ(manifest.name, "toy");
  EXPECT_EQ(manifest.version, "1.0.0");
  EXPECT_EQ(manifest.description, "a generated model");
  EXPECT_EQ(manifest.license, "nobody's terms");
  EXPECT_EQ(manifest.created, "2024-05-06");
  EXPECT_EQ(manifest.languages, std::vector<std::string>{"zh"});
  ASSERT_EQ(manifest.tasks.size(), 2u);
  EXPECT_EQ(manifest.tasks[0],
            (bundle::Task{"overall", bundle::TaskKind::overall, {"positive", "neutral", "negative"}}))
      << "first, though the configuration puts the aspects first";
  EXPECT_EQ(manifest.tasks[1],
            (bundle::Task{"food", bundle::TaskKind::aspect, {"positive", "neutral", "negative", "not_mentioned"}}));
  EXPECT_EQ(manifest.features.normalizer_version, text::kNormalizerVersion);
  ASSERT_EQ(manifest.experts.size(), 2u);
  EXPECT_EQ(manifest.experts[0].name, "logistic_regression");
  EXPECT_EQ(manifest.experts[1].name, "linear_svm");
  for (const bundle::Expert& expert : manifest.experts) {
    EXPECT_EQ(expert.kind, experts::kLinearKind);
    EXPECT_EQ(expert.tasks, (std::vector<std::string>{"overall", "food"}));
  }
  EXPECT_EQ(manifest.fusion.text("method"), "average");
  const std::string provenance = manifest.provenance.dump();
  EXPECT_THAT(provenance, HasSubstr(kCommand));
  EXPECT_THAT(provenance, HasSubstr("the: yaml"));
  EXPECT_THAT(provenance, HasSubstr(trained.spaces[0].report.train_fingerprint));
  EXPECT_THAT(provenance, HasSubstr(trained.spaces[1].report.dev_fingerprint));

  const auto settings = experts::read_feature_settings(manifest.features.settings);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->ngrams, trained.config.ngrams);
  EXPECT_EQ(settings->spaces[0].name, "aspects");
  EXPECT_EQ(settings->spaces[1].norm, experts::Norm::sqrt_count);
}

TEST(LinearBundleTest, TheSameTrainingGivesTheSameBytes) {
  EXPECT_EQ(Trained(false).files(), Trained(false).files());
}

TEST(LinearBundleTest, ABundleNeedsTheOverallTask) {
  Trained trained(false);
  trained.spaces.pop_back();
  const auto writer = make_linear_bundle(trained.input());
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(writer.error().message, HasSubstr("overall"));
}

// The trainer's own arithmetic on dev rows, step by step, against the answers of the engine on their texts.
void expect_engine_decides_as_trainer(const Trained& trained) {
  const engine::Engine engine = open_engine(trained.publish());
  const engine::ScratchPtr scratch = engine.make_scratch();
  engine::Verdict verdict;
  for (std::size_t s = 0; s < trained.spaces.size(); ++s) {
    const train::TrainedSpace& space = trained.spaces[s];
    const train::SpaceConfig& config = trained.config.spaces[s];
    const auto rows = train::load_training_rows(config, quiet_context(trained.data.folder().path()).rows);
    ASSERT_TRUE(rows);
    const train::SpaceFeatures features = train::make_features(*rows, trained.config.ngrams, config, false);
    const std::vector<float> margins = space.int8.values.empty()
                                           ? train::margins_of(features.dev, space.weights, space.bias)
                                           : train::margins_of(features.dev, space.int8, space.bias);
    const std::vector<std::int8_t> decisions = train::dev_decisions(*rows, space.decisions, margins, 0);
    ASSERT_EQ(decisions.size(), 300u);
    for (std::size_t r = 0; r < decisions.size(); ++r) {
      const std::string& text = rows->dev.dataset.rows[r].text;
      engine::Options options;
      options.all_aspects = true;
      ASSERT_TRUE(engine.classify(text, options, *scratch, verdict));
      const engine::TaskVerdict& answer = config.aspects ? verdict.aspects[0] : verdict.overall;
      EXPECT_EQ(answer.label, decisions[r]) << text;
    }
  }
}

TEST(LinearBundleTest, TheEngineDecidesAsTheTrainerDid) {
  expect_engine_decides_as_trainer(Trained(true));
  expect_engine_decides_as_trainer(Trained(false));
  expect_engine_decides_as_trainer(Trained(false, "float32"));
}

TEST(LinearBundleTest, Int8AnswersAsFloat32Does) {
  const Trained small(true), exact(true, "float32");
  const engine::Engine int8 = open_engine(small.publish());
  const engine::Engine float32 = open_engine(exact.publish());
  EXPECT_EQ(int8.models()[0]->precision, "int8");
  EXPECT_EQ(float32.models()[0]->precision, "float32");
  const std::vector<std::string> files = {small.data.path("dev.jsonl"), small.data.path("train.jsonl")};
  const auto dataset = data::load_dataset(files, {});
  ASSERT_TRUE(dataset);
  const engine::ScratchPtr scratch = int8.make_scratch();
  engine::Verdict a, b;
  std::size_t differences = 0;
  for (const data::Row& row : dataset->rows) {
    ASSERT_TRUE(int8.classify(row.text, {}, *scratch, a));
    ASSERT_TRUE(float32.classify(row.text, {}, *scratch, b));
    differences += a.overall.label != b.overall.label;
    for (std::size_t l = 0; l < 3; ++l) EXPECT_NEAR(a.overall.probabilities[l], b.overall.probabilities[l], 0.1);
  }
  EXPECT_LE(differences, 1u) << "of " << dataset->rows.size();
}

TEST(LinearBundleTest, AModelWithoutFeaturesAndOneWithHashedFeaturesShipToo) {
  const GeneratedData data(true);
  train::LinearConfig config = train::load_linear_config(data.path("config.yaml")).value();
  for (const bool hashed : {false, true}) {
    for (train::SpaceConfig& space : config.spaces) {
      space.selection.min_rows = hashed ? 2 : 100000;
      space.hash_bits = hashed ? 10 : 0;
    }
    const auto spaces = train::testing::train_all(config, quiet_context(data.folder().path()));
    ASSERT_TRUE(spaces) << spaces.error().message;
    const LinearBundleInput input{config, *spaces, "", kCommand};
    auto writer = make_linear_bundle(input);
    ASSERT_TRUE(writer) << writer.error().message;
    ASSERT_TRUE(writer->add_file("MODEL_CARD.md", linear_card(input, {})));
    const Status published = writer->publish(data.path("bundle"));
    ASSERT_TRUE(published) << published.error().message;
    const engine::Engine engine = open_engine(data.path("bundle"));
    engine::Verdict verdict;
    ASSERT_TRUE(engine.classify("今天好吃", {}, *engine.make_scratch(), verdict));
    if (hashed) {
      EXPECT_EQ(verdict.overall.label_name(), "positive");
    }
  }
}

TEST(LinearCardTest, SaysTermsDataCommandsAndScores) {
  const Trained trained(true);
  const std::string card =
      linear_card(trained.input(), {{"test-x.jsonl", "macro-F1, three classes", "0.61 (0.60 to 0.62)"}});
  for (const char* part :
       {"# toy 1.0.0", "a generated model", "Languages: zh", "nobody's terms",
        "| overall | positive neutral negative |", "| food | positive neutral negative not_mentioned |",
        "600 training rows", "`train.jsonl`", "300 development", "`dev.jsonl`", kCommand, "logistic regression",
        "test-x.jsonl", "0.61 (0.60 to 0.62)", "| overall one |", "int8", "limits"}) {
    EXPECT_THAT(card, HasSubstr(part)) << part;
  }
  EXPECT_THAT(card, HasSubstr(trained.spaces[0].report.train_fingerprint.substr(0, 16)));
  EXPECT_EQ(card, linear_card(trained.input(), {{"test-x.jsonl", "macro-F1, three classes", "0.61 (0.60 to 0.62)"}}));
  EXPECT_THAT(linear_card(trained.input(), {}), ::testing::Not(HasSubstr("## How good it is")));
}

}  // namespace
}  // namespace tenor::ship
