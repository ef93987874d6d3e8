// Models that answer by an encoder, alone or beside linear experts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "engine/test_encoders.h"
#include "engine/verdict_json.h"
#include "gate/task_fusion.h"

namespace tenor::engine {
namespace {

using namespace engine::testing;
using experts::testing::random_encoder_tensors;
using ::testing::HasSubstr;

Verdict ask(const Engine& engine, std::string_view text, const Options& options = {}, std::size_t threads = 1) {
  Verdict verdict;
  const ScratchPtr scratch = engine.make_scratch(threads);
  const Status status = engine.classify(text, options, *scratch, verdict);
  EXPECT_TRUE(status) << status.error().message;
  return verdict;
}

Engine open(const bundle::Bundle& bundle, const EngineOptions& options = {}) {
  auto engine = Engine::open({&bundle, 1}, options);
  EXPECT_TRUE(engine) << engine.error().message;
  return std::move(*engine);
}

TEST(EncoderModelTest, AnswersWithWhatRanAndWhatWasRead) {
  const Engine engine = open(encoder_bundle(), {.encoder = {.precision = experts::Precision::int8}});
  const Verdict verdict = ask(engine, "味道很好");
  EXPECT_EQ(verdict.model->precision, "int8");
  EXPECT_EQ(verdict.model->isa, kernels::to_string((*kernels::choose_kernels())->isa));
  EXPECT_NEAR(verdict.overall.probabilities[0] + verdict.overall.probabilities[1] + verdict.overall.probabilities[2], 1,
              1e-5);
  ASSERT_EQ(verdict.readings.size(), 1u);
  EXPECT_EQ(verdict.readings[0].tokens, 4u);
  EXPECT_EQ(verdict.readings[0].windows, 1u);
  EXPECT_FALSE(verdict.readings[0].truncated);
  ASSERT_EQ(verdict.experts.size(), 1u);
  EXPECT_EQ(verdict.experts[0].expert, "encoder");
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_full_members(json, verdict, "味道很好");
  json.end_object();
  const auto parsed = nlohmann::json::parse(text);
  EXPECT_EQ(parsed["precision"], "int8");
  EXPECT_EQ(parsed["encoders"][0]["tokens"], 4);
  EXPECT_EQ(parsed["encoders"][0]["truncated"], false);
}

TEST(EncoderModelTest, LongTextsAreReadByHeadAndTailOrByWindows) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += i % 3 == 0 ? "好" : "差";
  const Verdict cut = ask(open(encoder_bundle()), text);
  ASSERT_EQ(cut.readings.size(), 1u);
  EXPECT_EQ(cut.readings[0].tokens, 40u);
  EXPECT_EQ(cut.readings[0].windows, 1u);
  EXPECT_TRUE(cut.readings[0].truncated);
  EXPECT_NEAR(cut.readings[0].coverage, 14.0 / 40, 1e-6);
  bundle::JsonObject windows;
  windows.set("method", "windows").set("overlap", 4);
  const Engine reads_all =
      open(encoder_bundle([&](bundle::Expert& expert) { expert.settings.set("long_text", windows); }));
  const Verdict whole = ask(reads_all, text);
  EXPECT_EQ(whole.readings[0].windows, 4u);
  EXPECT_FALSE(whole.readings[0].truncated);
  // Windows of one repeated token are alike: their mean is as certain as one of them.
  std::string same_window, ten_windows;
  for (int i = 0; i < 14; ++i) same_window += "好";
  for (int i = 0; i < 10; ++i) ten_windows += same_window;
  const Verdict one = ask(reads_all, same_window), ten = ask(reads_all, ten_windows);
  EXPECT_EQ(one.readings[0].windows, 1u);
  EXPECT_GT(ten.readings[0].windows, 10u);
  for (int l = 0; l < 3; ++l) EXPECT_NEAR(one.overall.probabilities[l], ten.overall.probabilities[l], 1e-5);
}

TEST(EncoderModelTest, ThreadsGiveTheSameAnswer) {
  const Engine engine = open(encoder_bundle());
  const Verdict one = ask(engine, "味道不好位差"), two = ask(engine, "味道不好位差", {}, 2);
  EXPECT_EQ(one.overall.probabilities, two.overall.probabilities);
}

TEST(EncoderModelTest, RowsOfOneLabelAreAddedUp) {
  // Five rows as three labels: the first two are positive, the last two negative.
  const auto stars = [](bundle::Expert& expert) { expert.settings.set("label_rows", std::vector<double>{2, 1, 2}); };
  const Verdict merged = ask(open(encoder_bundle(stars, 5)), "好");
  const auto sum = merged.overall.probabilities[0] + merged.overall.probabilities[1] + merged.overall.probabilities[2];
  EXPECT_NEAR(sum, 1, 1e-5);
  const auto wrong = [](bundle::Expert& expert) { expert.settings.set("label_rows", std::vector<double>{2, 1, 1}); };
  const bundle::Bundle bundle = encoder_bundle(wrong, 5);
  const auto refused = Engine::open({&bundle, 1});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("5 rows"));
}

TEST(EncoderModelTest, CalibrationScalesLogits) {
  const Verdict plain = ask(open(encoder_bundle()), "好");
  const Verdict flat = ask(open(encoder_bundle([](bundle::Expert& expert) {
                             expert.settings.set("calibration_scale", std::vector<double>{0, 0, 0});
                             expert.settings.set("calibration_bias", std::vector<double>{1, 1, 1});
                           })),
                           "好");
  EXPECT_NE(plain.overall.probabilities[0], plain.overall.probabilities[1]);
  for (int l = 0; l < 3; ++l) EXPECT_NEAR(flat.overall.probabilities[l], 1.0 / 3, 1e-6);
}

TEST(EncoderModelTest, ForcedPrecisionsAndInstructionSetsAnswer) {
  const bundle::Bundle bundle = encoder_bundle();
  for (const kernels::Isa isa : kernels::available_isas()) {
    for (const auto precision : {experts::Precision::int8, experts::Precision::bf16, experts::Precision::f32}) {
      const Engine engine = open(bundle, {.encoder = {.precision = precision, .kernels = kernels::find_kernels(isa)}});
      EXPECT_EQ(engine.models()[0]->isa, kernels::to_string(isa));
      EXPECT_EQ(engine.models()[0]->precision, to_string(precision));
      const Verdict verdict = ask(engine, "味道差");
      EXPECT_GT(verdict.overall.score(), 0.3f);
    }
  }
}

TEST(EncoderModelTest, ExpertsStandInTheManifestsOrder) {
  // Two tasks by one encoder, its rows in groups; weights belong to experts by their order in the manifest.
  auto config = encoder_config(7);
  config.pooler = experts::Pooler::none;
  config.pooling = experts::Pooling::queries;
  config.group_outputs = {3, 4};
  bundle::Manifest manifest = encoder_manifest(config, {overall_task(), aspect_task("food_taste")});
  manifest.experts.push_back(manifest.experts.front());
  manifest.experts.back().name = "again";
  manifest.experts.back().settings.set("calibration_scale", std::vector<double>(7, 0));
  gate::write_task_fusion("overall", {{0, 1}, 1, {0, 0, 0.5f}}, manifest.fusion);
  const Engine engine = open(published_encoder(manifest, config));
  const Verdict verdict = ask(engine, "味道好", {.all_aspects = true, .experts = true});
  ASSERT_EQ(verdict.experts.size(), 2u);
  EXPECT_EQ(verdict.experts[0].expert, "encoder");
  EXPECT_EQ(verdict.experts[1].expert, "again");
  for (int l = 0; l < 3; ++l) EXPECT_NEAR(verdict.overall.probabilities[l], 1.0 / 3, 1e-6) << "the second one's";
  EXPECT_EQ(verdict.overall.label, 2);
  ASSERT_EQ(verdict.aspects[0].experts.size(), 2u);
  EXPECT_NEAR(verdict.aspects[0].probabilities[0], (verdict.aspects[0].experts[0].probabilities[0] + 0.25) / 2, 1e-6);
}

TEST(SpendingTest, IsANameOrMicroseconds) {
  EXPECT_EQ(parse_spending("balanced"), (Spending{Budget::balanced, {}}));
  EXPECT_EQ(parse_spending("300"), (Spending{{}, 300}));
  EXPECT_EQ(parse_spending("0.5"), (Spending{{}, 0.5}));
  for (const char* wrong : {"", "Fast", "0", "-1", "nan", "inf", "1e99", "300us", " 300"}) {
    EXPECT_FALSE(parse_spending(wrong)) << wrong;
  }
}

// Two encoders and no gate: who is asked is all or nothing.
TEST(EncoderModelTest, WithoutAGateThereIsNoMiddle) {
  const auto config = encoder_config(3);
  bundle::Manifest manifest = encoder_manifest(config, {overall_task()});
  manifest.experts.push_back(manifest.experts.front());
  manifest.experts.back().name = "again";
  const Engine engine = open(published_encoder(manifest, config));
  EXPECT_EQ(ask(engine, "好", {.budget = Budget::fast}).asked.size(), 1u) << "somebody has to answer";
  EXPECT_EQ(ask(engine, "好", {.budget = Budget::balanced}).asked.size(), 2u);
  EXPECT_EQ(ask(engine, "好", {.budget_us = 99}).asked.size(), 1u);
  EXPECT_EQ(ask(engine, "好", {.budget_us = 100}).asked.size(), 2u);
  const Verdict hurried = ask(engine, "好", {.deadline_us = -5});
  EXPECT_FALSE(hurried.gated);
  EXPECT_EQ(hurried.asked.size(), 2u) << "nobody knows what experts cost";
  EXPECT_FALSE(hurried.overall.uncertain);
  EXPECT_EQ(hurried.estimated_us, 0);
  EXPECT_EQ(ask(engine, "好", {.method = gate::Method::vote}).method, gate::Method::vote);
  EXPECT_FALSE(engine.check({.method = gate::Method::stacking}));
}

TEST(EncoderModelTest, RefusesAVocabularyLargerThanTheWordTable) {
  const auto config = encoder_config(3);
  bundle::BundleWriter writer(encoder_manifest(config, {overall_task()}));
  EXPECT_TRUE(writer.add_tensors("encoder.safetensors",
                                 experts::testing::float_sources(config, random_encoder_tensors(config, 3))));
  EXPECT_TRUE(writer.add_file("vocab.txt", std::string(kVocabulary) + "多\n"));
  EXPECT_TRUE(writer.add_file("MODEL_CARD.md", "# x\n"));
  const auto files = writer.build().value();
  std::vector<bundle::EmbeddedFile> embedded;
  for (const auto& [name, content] : files) embedded.push_back({name, std::as_bytes(std::span(content))});
  const auto bundle = bundle::Bundle::open(embedded, "toy").value();
  const auto engine = Engine::open({&bundle, 1});
  ASSERT_FALSE(engine);
  EXPECT_THAT(engine.error().message, HasSubstr("13 tokens"));
}

}  // namespace
}  // namespace tenor::engine
