// `tenor-train fuse` as a user runs it; src/ship/ tests what it computes.
#include <gmock/gmock.h>

#include "base/file_system.h"
#include "import/test_checkpoint.h"
#include "train_fixture.h"

namespace tenor::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TrainFuse : public TrainTest {
 protected:
  void SetUp() override {
    TrainTest::SetUp();
    write("train.jsonl", as_jsonl(toy_rows(300, 1)));
    write("dev.jsonl", as_jsonl(toy_rows(150, 2)));
    write("config.yaml", toy_config("jsonl"));
    ASSERT_EQ(train({"--config", "config.yaml", "--out", "linear", "--quiet"}).exit_code, 0);
    import::TestModel model;
    model.positions = 32;
    model.outputs = 3;
    model.labels = {{"0", "positive"}, {"1", "neutral"}, {"2", "negative"}};
    const import::TestFolder checkpoint;
    import::write_model(checkpoint, model);
    checkpoint.write("model.safetensors", import::safetensors_of(model.tensors()));
    const Outcome imported = run(
        TENOR_TRAIN_BINARY, {"import", checkpoint.path().string(), "--out", "encoder", "--language", "zh", "--quiet"});
    ASSERT_EQ(imported.exit_code, 0) << imported.error;
  }
  Outcome fuse(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"fuse", "--bundle", "linear", "--bundle", "encoder"});
    return run(TENOR_TRAIN_BINARY, arguments);
  }
};

TEST_F(TrainFuse, WritesOneBundleThatAnswers) {
  const std::vector<std::string> arguments = {"--dev", "dev.jsonl", "--out", "bundle", "--json", "report.json"};
  const Outcome outcome = fuse(arguments);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, AllOf(HasSubstr("150 rows; sources without neutral: none"), HasSubstr("overall: 150 rows"),
                                   HasSubstr("food_taste: 150 rows"), HasSubstr("wrote bundle")));
  const auto files = files_in("bundle");
  const auto manifest = nlohmann::json::parse(files.at("manifest.json"));
  EXPECT_EQ(manifest["name"], "toy");
  EXPECT_EQ(manifest["experts"].size(), 3u);
  EXPECT_TRUE(manifest["experts"][2]["settings"].contains("calibration_scale"));
  const auto fusion = manifest["fusion"]["tasks"];
  EXPECT_LT(fusion["overall"]["weights"][2].get<double>(), 0.2) << "weights that nobody trained";
  EXPECT_EQ(fusion["food_taste"]["weights"].size(), 2u);
  const auto report = nlohmann::json::parse(read_file(path("report.json")).value());
  EXPECT_EQ(report["tasks"][0]["experts"].size(), 3u);
  EXPECT_GT(report["tasks"][0]["fused"]["macro_f1"].get<double>(), 0.9);
  EXPECT_EQ(predict("这家店好吃，喜欢")["label"], "positive");
  EXPECT_GT(evaluate("dev.jsonl")["overall"]["accuracy"]["value"], 0.9);
  ASSERT_EQ(fuse(arguments).exit_code, 0) << "an older bundle is replaced";
  EXPECT_EQ(files_in("bundle"), files) << "the same bytes again";
}

TEST_F(TrainFuse, WhatDoesNotWorkIsSaid) {
  EXPECT_EQ(fuse({"--out", "bundle"}).exit_code, 2) << "no rows to fit on";
  EXPECT_EQ(fuse({"--dev", "dev.jsonl", "--out", "bundle", "--held-out-from", "train.jsonl"}).exit_code, 2);
  const Outcome twice = fuse({"--bundle", "linear", "--dev", "dev.jsonl", "--out", "bundle"});
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_THAT(twice.error, HasSubstr("only one of the bundles may have linear experts"));
  EXPECT_THAT(fuse({"--dev", "nowhere.jsonl", "--out", "bundle"}).error, HasSubstr("nowhere.jsonl"));
  EXPECT_FALSE(std::filesystem::exists(path("bundle")));
}

}  // namespace
}  // namespace tenor::test
