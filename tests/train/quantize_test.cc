// `tenor-train quantize` as a user runs it; src/compress/ tests what it computes.
#include <gmock/gmock.h>

#include <cmath>
#include <sstream>

#include "base/file_system.h"
#include "import/test_checkpoint.h"
#include "train_fixture.h"

namespace tenor::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class QuantizeTest : public TrainTest {
 protected:
  void SetUp() override {
    TrainTest::SetUp();
    model_.hidden = 32;
    model_.ffn = 48;
    model_.positions = 32;
    import::write_model(checkpoint_, model_);
    checkpoint_.write("model.safetensors", import::safetensors_of(model_.tensors()));
    const Outcome imported = run(TENOR_TRAIN_BINARY, {"import", checkpoint_.path().string(), "--out", "float"});
    ASSERT_EQ(imported.exit_code, 0) << imported.error;
    std::string labelled, plain;
    const std::vector<std::string> words = {"good", "bad", "goodly", "a", "b", "badly"};
    for (std::size_t i = 0; i < 300; ++i) {
      std::string text;
      for (std::size_t w = 0; w <= i % 9; ++w) text += words[(i * 7 + w * w) % words.size()] + " ";
      plain += text + "\n";
      labelled += nlohmann::json{{"text", text}, {"label", i % 2 == 0 ? "positive" : "negative"}}.dump() + "\n";
    }
    write("labelled.jsonl", labelled);
    write("plain.txt", plain);
  }
  Outcome quantize(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"quantize", "float", "--out", "int8"});
    return run(TENOR_TRAIN_BINARY, arguments);
  }
  nlohmann::json answers_of(const std::string& bundle) const {
    const Outcome outcome = tenor({"predict", "--model", "./" + bundle, "--format", "json", "good bad", "badly a b"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
    return nlohmann::json::parse(outcome.out);
  }

  // Of "positive" against "negative", for each text of plain.txt.
  std::vector<double> logits_of(const std::string& bundle) const {
    const Outcome outcome = tenor({"predict", "--model", "./" + bundle, "--format", "jsonl", "--file", "plain.txt"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
    std::vector<double> out;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) {
      const auto probabilities = nlohmann::json::parse(line)["tenor"]["probabilities"];
      out.push_back(std::log(probabilities["positive"].get<double>() / probabilities["negative"].get<double>()));
    }
    return out;
  }

  import::TestModel model_;
  import::TestFolder checkpoint_;
};

TEST_F(QuantizeTest, WritesABundleThatAnswersAndSaysHowItWasMade) {
  const std::vector<std::string> arguments = {"--calibrate",    "plain.txt", "--rows", "100",        "--compare",
                                              "labelled.jsonl", "plain.txt", "--json", "report.json"};
  const Outcome outcome = quantize(arguments);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error,
              AllOf(HasSubstr("calibrated on 100 of 300 texts"), HasSubstr("layers.1.down"),
                    HasSubstr("labelled.jsonl: 300 texts"), HasSubstr("9 matrices int8"), HasSubstr("wrote int8")));
  const auto files = files_in("int8");
  EXPECT_THAT(files.at("MODEL_CARD.md"),
              AllOf(HasSubstr("## Quantisation"), HasSubstr("| layers.0.qkv | int8 |"),
                    HasSubstr("| plain.txt | overall |"), HasSubstr("--calibrate plain.txt --rows 100")));
  const auto manifest = nlohmann::json::parse(files.at("manifest.json"));
  EXPECT_EQ(manifest["experts"][0]["settings"]["precision"], "int8");
  EXPECT_EQ(manifest["provenance"]["quantization"]["calibration"]["texts"], 100);
  EXPECT_EQ(manifest["provenance"]["quantization"]["comparisons"][0]["tasks"][0]["texts"], 300);

  const auto report = nlohmann::json::parse(read_file(path("report.json")).value());
  EXPECT_EQ(report["matrices"].size(), 9u);
  const auto overall = report["comparisons"][0]["tasks"][0];
  EXPECT_EQ(overall["task"], "overall");
  EXPECT_EQ(overall["labelled"], 300);
  EXPECT_GE(overall["agreement"].get<double>(), 0.97);
  EXPECT_NEAR(overall["macro_f1_float"].get<double>(), overall["macro_f1_int8"].get<double>(), 0.03);
  EXPECT_FALSE(report["comparisons"][1]["tasks"][0].contains("macro_f1_float")) << "plain texts have no labels";

  const auto floats = answers_of("float"), int8 = answers_of("int8");
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(floats[i]["tenor"]["probabilities"]["positive"].get<double>(),
                int8[i]["tenor"]["probabilities"]["positive"].get<double>(), 0.1);
  }
  ASSERT_EQ(quantize(arguments).exit_code, 0) << "an older bundle is replaced";
  EXPECT_EQ(files_in("int8"), files) << "the same bytes again";
}

TEST_F(QuantizeTest, LayersCanStayFloats) {
  const Outcome outcome = quantize({"--keep-float", "layers.0.up", "--keep-float", "layers.1", "--quiet"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
  EXPECT_EQ(outcome.error, "");
  const auto manifest = nlohmann::json::parse(files_in("int8").at("manifest.json"));
  EXPECT_EQ(manifest["experts"][0]["settings"]["float_layers"],
            nlohmann::json({"layers.0.up", "layers.1.qkv", "layers.1.attention", "layers.1.up", "layers.1.down"}));
  EXPECT_EQ(answers_of("int8").size(), 2u);
}

TEST_F(QuantizeTest, TooManyFlipsAreARefusal) {
  // The head's bias does not change what is rounded: put the decision between the two answers to one text.
  ASSERT_EQ(quantize({}).exit_code, 0);
  const auto floats = logits_of("float"), int8 = logits_of("int8");
  std::size_t furthest = 0;
  for (std::size_t i = 0; i < floats.size(); ++i) {
    if (std::fabs(floats[i] - int8[i]) > std::fabs(floats[furthest] - int8[furthest])) furthest = i;
  }
  std::filesystem::remove_all(path("int8"));
  auto tensors = model_.tensors();
  tensors.at("classifier.bias").numbers[1] -= static_cast<float>((floats[furthest] + int8[furthest]) / 2);
  checkpoint_.write("model.safetensors", import::safetensors_of(tensors));
  ASSERT_EQ(run(TENOR_TRAIN_BINARY, {"import", checkpoint_.path().string(), "--out", "float"}).exit_code, 0);
  const Outcome outcome = quantize({"--compare", "plain.txt", "--max-flips", "0", "--json", "report.json"});
  const auto report = nlohmann::json::parse(read_file(path("report.json")).value());
  ASSERT_GT(report["comparisons"][0]["tasks"][0]["flips"], 0);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.error, AllOf(HasSubstr("more than --max-flips 0"), HasSubstr("nothing was published")));
  EXPECT_FALSE(std::filesystem::exists(path("int8")));
  EXPECT_EQ(quantize({"--compare", "plain.txt", "--max-flips", "100"}).exit_code, 0);
}

TEST_F(QuantizeTest, WhatDoesNotWorkIsSaid) {
  EXPECT_EQ(quantize({"--max-flips", "1"}).exit_code, 2) << "nothing to compare on";
  EXPECT_EQ(quantize({"--min-snr", "20"}).exit_code, 2) << "nothing to calibrate on";
  const Outcome unknown = quantize({"--keep-float", "layers.9.up"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.error, AllOf(HasSubstr("'layers.9.up'"), HasSubstr("layers.1.down")));
  const Outcome no_file = quantize({"--calibrate", "nowhere.jsonl"});
  EXPECT_EQ(no_file.exit_code, 1);
  EXPECT_THAT(no_file.error, HasSubstr("nowhere.jsonl"));
  write("empty.txt", "");
  EXPECT_THAT(quantize({"--calibrate", "empty.txt"}).error, HasSubstr("at least two texts"));
  EXPECT_THAT(quantize({"--compare", "empty.txt"}).error, HasSubstr("empty.txt"));
  EXPECT_FALSE(std::filesystem::exists(path("int8")));
  ASSERT_EQ(quantize({"--quiet"}).exit_code, 0);
  const Outcome twice = run(TENOR_TRAIN_BINARY, {"quantize", "int8", "--out", "again"});
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_THAT(twice.error, HasSubstr("int8 already"));
  EXPECT_THAT(run(TENOR_TRAIN_BINARY, {"quantize", "--help"}).out, HasSubstr("Examples:"));
}

}  // namespace
}  // namespace tenor::test
