// `tenor-train ship` as a user runs it; src/ship/ tests what it computes.
#include <gmock/gmock.h>

#include "base/file_system.h"
#include "experts/encoder_test_support.h"
#include "train_fixture.h"

namespace tenor::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n好吃\n美味\n香\n味道一般\n难吃\n太咸\n喜欢\n满意\n还行\n失望\n讨厌\n，\n";

class TrainShip : public TrainTest {
 protected:
  void SetUp() override {
    TrainTest::SetUp();
    if (run(TENOR_TRAIN_BINARY, {"ship", "--explain-config"}).exit_code != 0) {
      GTEST_SKIP() << "a build without libtorch ships nothing";
    }
    write("train.jsonl", as_jsonl(toy_rows(300, 1)));
    write("dev.jsonl", as_jsonl(toy_rows(150, 2)));
    write("test.jsonl", as_jsonl(toy_rows(90, 3)));
    write("config.yaml", toy_config("jsonl"));
    ASSERT_EQ(train({"--config", "config.yaml", "--out", "linear", "--quiet"}).exit_code, 0);
    write_run("run", 3);
  }

  // What tenor-train finetune leaves behind, of weights that nobody trained.
  void write_run(const std::string& name, unsigned seed) const {
    experts::EncoderConfig config;
    config.vocabulary = 17;
    config.hidden = 16;
    config.layers = 1;
    config.heads = 2;
    config.ffn = 32;
    config.positions = 32;
    config.types = 0;
    config.outputs = 3;
    config.pooler = experts::Pooler::none;
    config.pooling = experts::Pooling::queries;
    config.group_outputs = {3};
    const auto tensors = experts::testing::random_encoder_tensors(config, seed);
    const auto bytes = bundle::write_safetensors(experts::testing::float_sources(config, tensors));
    bundle::JsonObject model, encoder, task;
    experts::write_encoder_config(config, encoder);
    task.set("name", "overall").set("aspect", false);
    task.set("labels", std::vector<std::string>{"positive", "neutral", "negative"});
    model.set("format", "tenor-model").set("format_version", 1).set("encoder", encoder);
    model.set("tasks", std::vector<bundle::JsonObject>{task}).set("languages", std::vector<std::string>{"zh"});
    model.set("name", name).set("version", "1").set("description", "").set("license", "the run's terms");
    model.set("training_rows", std::string(64, 'a')).set("max_tokens", 32).set("head_share", 0.25);
    std::filesystem::create_directories(path(name));
    write(name + "/model.json", model.dump());
    write(name + "/model.safetensors", bytes.value());
    write(name + "/vocab.txt", kVocabulary);
  }

  Outcome ship(const std::string& yaml, std::vector<std::string> arguments = {}) const {
    write("ship.yaml",
          "runs: [run]\nlinear: linear\ndev: [dev.jsonl]\ncalibrate: [train.jsonl]\ntest: [test.jsonl]\n" + yaml);
    arguments.insert(arguments.begin(), {"ship", "--config", "ship.yaml", "--out", "bundle"});
    return run(TENOR_TRAIN_BINARY, arguments);
  }
  bool there(const std::string& name) const { return std::filesystem::exists(path(name)); }
};

TEST_F(TrainShip, AcceptedModelsBecomeABundleThatAnswers) {
  const Outcome outcome = ship("name: shipped\nversion: 2.0.0\naccept: {max_ece: 0.5, max_bytes: 5000000}\n",
                               {"--json", "report.json", "--keep", "parts"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, AllOf(HasSubstr("encoder: engine and libtorch on 150 texts: 0 labels differ"),
                                   HasSubstr("met: max_ece"), HasSubstr("wrote bundle")));
  const auto files = files_in("bundle");
  const auto manifest = nlohmann::json::parse(files.at("manifest.json"));
  EXPECT_EQ(manifest["name"], "shipped");
  EXPECT_EQ(manifest["version"], "2.0.0");
  EXPECT_EQ(manifest["license"], "the test's terms; the run's terms");
  EXPECT_EQ(manifest["experts"].size(), 3u);
  EXPECT_EQ(manifest["experts"][2]["settings"]["precision"], "int8");
  EXPECT_LT(manifest["fusion"]["tasks"]["overall"]["weights"][2].get<double>(), 0.2) << "weights that nobody trained";
  EXPECT_THAT(files.at("MODEL_CARD.md"), AllOf(HasSubstr("# shipped 2.0.0"), HasSubstr("### test.jsonl\n\n90 rows"),
                                               HasSubstr("the run's terms"), HasSubstr("**fused**")));
  const auto report = nlohmann::json::parse(read_file(path("report.json")).value());
  EXPECT_TRUE(report["accepted"]);
  EXPECT_GT(report["dev"]["overall.macro_f1"].get<double>(), 0.9);
  EXPECT_EQ(report["tests"][0]["scores"].size(), 5u);
  EXPECT_EQ(predict("这家店好吃，喜欢")["label"], "positive");
  EXPECT_GT(evaluate("test.jsonl")["overall"]["accuracy"]["value"], 0.9);
  EXPECT_EQ(tenor({"predict", "--model", "./parts/encoder-int8", "好吃"}).exit_code, 0);
  EXPECT_EQ(tenor({"predict", "--model", "./parts/encoder-float", "好吃"}).exit_code, 0);
  ASSERT_EQ(ship("name: again\n").exit_code, 0) << "an older bundle is replaced";
  EXPECT_EQ(nlohmann::json::parse(files_in("bundle").at("manifest.json"))["name"], "again");
}

TEST_F(TrainShip, ARefusalLeavesNothingBehind) {
  const Outcome refused = ship("accept: {max_bytes: 1000, max_ece: 1}\n", {"--json", "report.json"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.error, AllOf(HasSubstr("max_bytes: asked at most 1000, found "),
                                   HasSubstr("nothing was published"), Not(HasSubstr("wrote bundle"))));
  EXPECT_FALSE(there("bundle"));
  EXPECT_FALSE(nlohmann::json::parse(read_file(path("report.json")).value())["accepted"]);
  for (const auto& entry : std::filesystem::directory_iterator(path(""))) {
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("bundle"))) << "a temporary folder";
  }
  ASSERT_EQ(ship("name: old\n").exit_code, 0);
  const auto before = files_in("bundle");
  EXPECT_EQ(ship("accept: {min_dev: {overall.macro_f1: 1.1}}\n").exit_code, 1);
  EXPECT_EQ(files_in("bundle"), before) << "what stood there stays";
}

TEST_F(TrainShip, WhatDoesNotWorkIsSaid) {
  EXPECT_EQ(run(TENOR_TRAIN_BINARY, {"ship", "--out", "bundle"}).exit_code, 2);
  EXPECT_THAT(ship("acept: {}\n").error, HasSubstr("'acept' is unknown"));
  write("ship.yaml", "runs: [nowhere]\ndev: [dev.jsonl]\n");
  const std::vector<std::string> again = {"ship", "--config", "ship.yaml", "--out", "bundle"};
  EXPECT_THAT(run(TENOR_TRAIN_BINARY, again).error, HasSubstr("nowhere"));
  std::filesystem::create_directories(path("mine"));
  write("mine/notes.txt", "not a bundle");
  EXPECT_THAT(run(TENOR_TRAIN_BINARY, {"ship", "--config", "ship.yaml", "--out", "mine"}).error, HasSubstr("mine"));
  EXPECT_FALSE(there("bundle"));
}

}  // namespace
}  // namespace tenor::test
