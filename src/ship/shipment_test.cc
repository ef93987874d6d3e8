#include "ship/shipment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/file_system.h"
#include "base/random.h"
#include "bundle/test_support.h"
#include "engine/test_encoders.h"

namespace tenor::ship {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string rows_as_jsonl(std::size_t count, std::uint64_t seed) {
  const std::vector<std::string> letters = {"好", "差", "味", "位", "道", "很", "不"};
  const std::vector<std::string> labels = {"positive", "neutral", "negative", "not_mentioned"};
  Random random(seed);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text;
    for (std::size_t n = 1 + random.below(8); n > 0; --n) text += letters[random.below(letters.size())];
    const std::string label = text.find("好") != std::string::npos   ? "positive"
                              : text.find("差") != std::string::npos ? "negative"
                                                                     : "neutral";
    out += "{\"text\": \"" + text + "\", \"label\": \"" + label + "\", \"aspects\": {\"food_taste\": \"" +
           labels[random.below(4)] + "\"}}\n";
  }
  return out;
}

bundle::BundleWriter writer_of(const bundle::Bundle& bundle, const std::string& expert) {
  bundle::Manifest manifest = bundle.manifest();
  manifest.experts.front().name = expert;
  bundle::BundleWriter out(manifest);
  for (const auto& [name, entry] : bundle.manifest().files) {
    EXPECT_TRUE(out.add_file(name, std::string(bundle.text_file(name).value())));
  }
  return out;
}

std::string text_of(const bundle::BundleWriter& writer, const std::string& name) {
  const std::string* found = writer.find_file(name);
  return found == nullptr ? "" : *found;
}

class ShipmentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    write("dev.jsonl", rows_as_jsonl(300, 1));
    write("test.jsonl", rows_as_jsonl(100, 2));
    const bundle::Bundle linear = engine::testing::toy_bundle(engine::testing::toy_zh());
    ASSERT_TRUE(writer_of(linear, linear.manifest().experts.front().name).publish(path("linear")));
    add_encoder("encoder");
    config_.linear = path("linear");
    config_.dev.paths = {path("dev.jsonl")};
    config_.calibrate = {path("dev.jsonl")};
    config_.test = {path("test.jsonl")};
    write("cases.jsonl", R"({"skill":"plain","language":"zh","kind":"refused","text":" "})");
    config_.behaviour = {path("cases.jsonl")};
    config_.names = {"toy", "7", "A toy.", "Research and teaching only.", "2026-01-02"};
    config_.data = "Letters, from nowhere.";
    config_.recipe = "Thrown dice.";
    config_.limits = "It knows seven letters.";
    config_.intended_use = "For tests.";
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& content) const {
    ASSERT_TRUE(write_file_atomic(path(name), content));
  }
  void add_encoder(const std::string& name) {
    ShippedEncoder facts;
    facts.expert = name;
    facts.run = "run-of-" + name;
    facts.license = "CC0";
    facts.fingerprint = std::string(64, 'f');
    facts.parity_texts = 3;
    facts.parity_difference = 2e-6;
    encoders_.push_back({writer_of(engine::testing::encoder_bundle(), name), facts});
  }
  Result<Shipment> ship() {
    auto dev = load_dev_rows(config_.dev);
    EXPECT_TRUE(dev) << dev.error().message;
    dev_ = std::move(*dev);
    ShipmentInput input{
        config_, dev_, encoders_, "the: yaml\n", "tenor-train ship --config C", (folder_ / "x").parent_path().string()};
    input.keep = [this](const std::string& name, const bundle::BundleWriter&) {
      kept_.push_back(name);
      return Status();
    };
    return make_shipment(input);
  }

  bundle::testing::TemporaryFolder folder_;
  ShipConfig config_;
  std::vector<FloatEncoder> encoders_;
  DevRows dev_;
  std::vector<std::string> kept_;
};

TEST_F(ShipmentTest, AnAcceptedBundleAnswersAndSaysWhatItIs) {
  config_.accept.max_bytes = 1e6;
  config_.accept.max_int8_flips = 0.5;
  config_.accept.min_dev = {{"linear:overall.macro_f1", 0.1}};
  auto shipment = ship();
  ASSERT_TRUE(shipment) << shipment.error().message;
  ASSERT_TRUE(shipment->accepted) << shipment->accepted.error().message;
  EXPECT_THAT(kept_, ElementsAre("encoder-float", "encoder-int8"));
  const bundle::Manifest& manifest = shipment->writer.manifest();
  EXPECT_EQ(manifest.name, "toy");
  EXPECT_EQ(manifest.version, "7");
  EXPECT_EQ(manifest.created, "2026-01-02");
  EXPECT_EQ(manifest.experts.size(), 3u);
  EXPECT_EQ(manifest.find_expert("encoder")->settings.text("precision").value(), "int8");
  EXPECT_TRUE(manifest.find_expert("encoder")->settings.has("calibration_scale"));
  EXPECT_EQ(manifest.provenance.object("ship")->text("config").value(), "the: yaml\n");
  const auto check = [&](const bundle::Bundle& bundle) { return check_published(bundle, config_.accept); };
  const Status published = shipment->writer.publish(folder_ / "out", check);
  EXPECT_TRUE(published) << published.error().message;
}

TEST_F(ShipmentTest, TheCardSaysAllThatMatters) {
  config_.accept.max_ece = 1;
  const auto shipment = ship();
  ASSERT_TRUE(shipment && shipment->accepted);
  const std::string card = text_of(shipment->writer, "MODEL_CARD.md");
  EXPECT_TRUE(card.starts_with("# toy 7\n\nA toy.\n\n> **Terms of use: Research and teaching only.**\n"));
  for (const char* part : {"Letters, from nowhere.",
                           "Thrown dice.",
                           "    tenor-train ship --config C\n",
                           "It knows seven letters.",
                           "For tests.",
                           "| encoder | `ffffffffffffffff` | CC0 |",
                           "| linear experts (toy-zh",
                           "300 development rows",
                           "2 layers, 24 wide, 2 heads, feed-forward 40 | 12 |",
                           "### test.jsonl\n\n100 rows, fingerprint `",
                           "Overall, three classes:",
                           "Aspects:",
                           "## Behaviour\n",
                           "Files: `cases.jsonl`.",
                           "| language | skill | cases | best | fast | logistic_regression | linear_svm | encoder |",
                           "| zh | plain | 1 | 100.0 % | 100.0 % | 100.0 % | 100.0 % | 100.0 % |",
                           "| **fused** | ",
                           "| linear experts by themselves | ",
                           "| encoder | ",
                           "| encoder, overall | 300 | ",
                           "differ in 0 labels of 3 texts, in probabilities by at most 2.0e-06",
                           "ranges chosen on 300 texts (SHA-256 `",
                           "milliseconds a text",
                           "max_ece (",
                           "| overall | 300 | encoder | ",
                           "## The linear experts: their own card\n\n### toy\n"}) {
    EXPECT_THAT(card, HasSubstr(part));
  }
}

TEST_F(ShipmentTest, ScoresHaveIntervalsAndEveryAnswer) {
  const auto shipment = ship();
  ASSERT_TRUE(shipment && shipment->accepted);
  const auto tests = shipment->report.objects("tests").value();
  ASSERT_EQ(tests.size(), 1u);
  EXPECT_EQ(tests[0].text("file").value(), "test.jsonl");
  std::vector<std::string> answers;
  const auto scores = tests[0].objects("scores").value();
  for (const auto& score : scores) {
    answers.push_back(score.text("answer").value());
    const auto f1 = score.object("macro_f1").value();
    EXPECT_LE(f1.number("low").value(), f1.number("value").value());
    EXPECT_GE(f1.number("high").value(), f1.number("value").value());
    EXPECT_EQ(score.has("aspects_strict"), answers.back() != "encoder") << "the encoder knows the overall task alone";
  }
  EXPECT_THAT(answers, ElementsAre("logistic_regression", "linear_svm", "encoder", "linear", "fused"));
  const auto behaviour = shipment->report.objects("behaviour").value();
  ASSERT_EQ(behaviour.size(), 2u) << "the skill, and all of zh";
  EXPECT_EQ(behaviour[0].text("skill").value(), "plain");
  EXPECT_EQ(behaviour[1].number("best").value(), 1);
  EXPECT_TRUE(shipment->report.flag("accepted").value());
  EXPECT_TRUE(shipment->report.object("dev")->has("encoder:overall.macro_f1"));
}

TEST_F(ShipmentTest, AnEncoderThatSaysTheSameOfEveryTextDoesNoHarm) {
  const auto shipment = ship();
  ASSERT_TRUE(shipment && shipment->accepted);
  std::map<std::string, double> accuracy;
  const auto tests = shipment->report.objects("tests").value();
  const auto scores = tests[0].objects("scores").value();
  for (const auto& score : scores) {
    accuracy[score.text("answer").value()] = score.object("accuracy")->number("value").value();
  }
  EXPECT_LT(accuracy["encoder"], 0.5) << "its weights are dice";
  EXPECT_GE(accuracy["fused"], accuracy["linear"] - 0.01);
}

TEST_F(ShipmentTest, ARefusalSaysWhyAndScoresNoTestFile) {
  config_.accept.min_dev = {{"overall.macro_f1", 0.999999}};
  config_.accept.max_bytes = 10;
  config_.test = {path("nowhere.jsonl")};
  const auto shipment = ship();
  ASSERT_TRUE(shipment) << shipment.error().message;
  ASSERT_FALSE(shipment->accepted);
  EXPECT_EQ(shipment->accepted.error().code, ErrorCode::limit);
  EXPECT_THAT(shipment->accepted.error().message, AllOf(HasSubstr("max_bytes: asked at most 10, found "),
                                                        HasSubstr("min_dev overall.macro_f1: asked at least")));
  EXPECT_FALSE(shipment->report.flag("accepted").value());
  EXPECT_EQ(shipment->report.objects("demands")->size(), 2u);
  EXPECT_TRUE(shipment->report.objects("tests")->empty());
}

TEST_F(ShipmentTest, WithoutCasesTheCardIsSilentAndBadOnesAreNamed) {
  config_.behaviour.clear();
  const auto shipment = ship();
  ASSERT_TRUE(shipment && shipment->accepted);
  EXPECT_THAT(text_of(shipment->writer, "MODEL_CARD.md"), Not(HasSubstr("## Behaviour")));
  EXPECT_FALSE(shipment->report.has("behaviour"));
  write("bad.jsonl", "{}");
  config_.behaviour = {path("bad.jsonl")};
  EXPECT_THAT(ship().error().message, AllOf(HasSubstr("behaviour: "), HasSubstr("bad.jsonl:1: member 'kind'")));
}

TEST_F(ShipmentTest, SeveralRunsAreSeveralExperts) {
  add_encoder("encoder_2");
  config_.linear.clear();
  auto shipment = ship();
  ASSERT_TRUE(shipment) << shipment.error().message;
  ASSERT_TRUE(shipment->accepted);
  const auto& experts = shipment->writer.manifest().experts;
  ASSERT_EQ(experts.size(), 2u);
  EXPECT_EQ(experts[0].name, "encoder");
  EXPECT_EQ(experts[1].name, "encoder_2");
  EXPECT_THAT(text_of(shipment->writer, "MODEL_CARD.md"),
              AllOf(HasSubstr("| encoder_2, overall | 300 |"), Not(HasSubstr("linear experts by themselves"))));
}

TEST_F(ShipmentTest, TheLinearBundleMustBeOne) {
  ASSERT_TRUE(encoders_[0].writer.publish(path("encoder-bundle")));
  config_.linear = path("encoder-bundle");
  const auto shipment = ship();
  ASSERT_FALSE(shipment);
  EXPECT_THAT(shipment.error().message, HasSubstr("holds the expert 'encoder' of kind encoder"));
}

TEST_F(ShipmentTest, WhatWasShippedIsShippedAgainWithoutItsTraining) {
  auto first = ship();
  ASSERT_TRUE(first && first->accepted);
  ASSERT_TRUE(first->writer.publish(path("first")));
  encoders_.clear();
  config_.linear = path("first");
  config_.encoders = {path("first")};
  auto second = ship();
  ASSERT_TRUE(second) << second.error().message;
  ASSERT_TRUE(second->accepted);
  for (const char* file : {"linear.safetensors", "encoder.safetensors", "vocab.txt"}) {
    EXPECT_EQ(text_of(second->writer, file), text_of(first->writer, file)) << file;
  }
  // The same experts on the same rows are fused and calibrated as before.
  EXPECT_EQ(second->writer.manifest().fusion, first->writer.manifest().fusion);
  EXPECT_EQ(second->writer.manifest().experts, first->writer.manifest().experts);
  const std::string card = text_of(second->writer, "MODEL_CARD.md");
  for (const char* part : {"| encoder | `ffffffffffffffff` | CC0 |", "| encoder, overall | 300 | ",
                           "differ in 0 labels of 3 texts", "ranges chosen on 300 texts",
                           "| encoder | 2 layers, 24 wide", "## The linear experts: their own card\n\n### toy\n"}) {
    EXPECT_THAT(card, HasSubstr(part));
  }
  EXPECT_EQ(card.find("| - -> "), std::string::npos) << "what it was in floats is known from its shape";
  EXPECT_NE(card.find("<!-- gate -->"), std::string::npos);
  EXPECT_EQ(card.find("<!-- gate -->"), card.rfind("<!-- gate -->")) << "of the first card nothing of its gate is left";
}

TEST_F(ShipmentTest, OneEncoderOfABundleJoinsANewOne) {
  add_encoder("encoder_2");
  auto first = ship();
  ASSERT_TRUE(first && first->accepted);
  ASSERT_TRUE(first->writer.publish(path("first")));
  encoders_.erase(encoders_.begin());
  config_.encoders = {path("first") + "#encoder"};
  auto second = ship();
  ASSERT_TRUE(second) << second.error().message;
  const auto& experts = second->writer.manifest().experts;
  ASSERT_EQ(experts.size(), 4u);
  EXPECT_EQ(experts[2].name, "encoder");
  EXPECT_EQ(experts[3].name, "encoder_2");

  config_.encoders = {path("first")};
  EXPECT_THAT(ship().error().message, HasSubstr("two encoders are called 'encoder_2'"));
  config_.encoders = {path("first") + "#nobody"};
  EXPECT_THAT(ship().error().message, AllOf(HasSubstr("no encoder called 'nobody'"), HasSubstr("encoder_2")));
}

TEST_F(ShipmentTest, APublishedBundleMustNotHaveGrown) {
  const auto shipment = ship();
  ASSERT_TRUE(shipment && shipment->accepted);
  Acceptance accept;
  accept.max_bytes = 100;
  const auto check = [&](const bundle::Bundle& bundle) { return check_published(bundle, accept); };
  const Status published = shipment->writer.publish(folder_ / "out", check);
  ASSERT_FALSE(published);
  EXPECT_THAT(published.error().message, HasSubstr("max_bytes"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

}  // namespace
}  // namespace tenor::ship
