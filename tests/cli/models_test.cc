// tenor evaluate, inspect, models and bench.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli_fixture.h"

namespace tenor::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class ModelCommands : public CliTest {
 protected:
  static Outcome tenor(const std::vector<std::string>& arguments) { return run({.arguments = arguments}); }
};

TEST_F(ModelCommands, EvaluateJudgesThreeClasses) {
  const std::string file = write("gold.jsonl",
                                 "{\"text\":\"好\",\"label\":\"positive\",\"source\":\"a\"}\n"
                                 "{\"text\":\"差\",\"label\":\"negative\",\"source\":\"a\"}\n"
                                 "{\"text\":\"今天\",\"label\":\"neutral\",\"source\":\"b\"}\n"
                                 "{\"text\":\"很差\",\"label\":\"positive\",\"source\":\"b\"}\n");
  const Outcome result = tenor({"evaluate", zh(), file, "--json", path("report.json"), "--by", "source",
                                "--predictions", path("rows.jsonl"), "--resamples", "100"});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.out, HasSubstr("three classes"));
  const json report = json::parse(read("report.json"));
  EXPECT_EQ(report["models"][0]["name"], "toy-zh");
  ASSERT_EQ(report["files"].size(), 1U);
  EXPECT_EQ(report["files"][0]["mode"], "three_class");
  EXPECT_EQ(report["files"][0]["rows"], 4);
  ASSERT_EQ(report["files"][0]["by_source"].size(), 2U);
  EXPECT_EQ(report["files"][0]["by_source"][0]["name"], "a");
  EXPECT_THAT(report["files"][0]["overall"].dump(), HasSubstr("0.75"));
  EXPECT_FALSE(report.contains("all"));
  const auto rows = lines_of(read("rows.jsonl"));
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(json::parse(rows[3])["gold"], "positive");
  EXPECT_EQ(json::parse(rows[3])["predicted"], "negative");
}

TEST_F(ModelCommands, EvaluateComparesTwoClassesWhereGoldKnowsNoNeutral) {
  // 今天 is neutral to the model; against two-class gold the greater of the two other probabilities decides.
  const std::string file = write("gold.csv", "review,label\n好,1\n差,-1\n今天,1\n");
  const Outcome result = tenor({"evaluate", zh(), file, file, "--json", path("report.json"), "--resamples", "0"});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.out, HasSubstr("two classes"));
  const json report = json::parse(read("report.json"));
  EXPECT_EQ(report["files"].size(), 2U);
  EXPECT_EQ(report["all"]["rows"], 6);
  EXPECT_EQ(report["all"]["mode"], "two_class");
}

TEST_F(ModelCommands, EvaluateJudgesAspects) {
  const std::string file = write("gold.jsonl",
                                 "{\"text\":\"味道好\",\"aspects\":{\"food_taste\":\"positive\","
                                 "\"service_hospitality\":\"not_mentioned\",\"food_portion\":\"negative\"}}\n");
  const Outcome result = tenor({"evaluate", zh(), file, "--json", path("report.json"), "--resamples", "0"});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("food_portion"));
  const json report = json::parse(read("report.json"));
  EXPECT_FALSE(report["files"][0].contains("overall"));
  EXPECT_TRUE(report["files"][0].contains("aspects"));
}

TEST_F(ModelCommands, EvaluateStopsAtBadRowsUnlessTold) {
  const std::string file = write("gold.jsonl",
                                 "{\"text\":\"好\",\"label\":\"positive\"}\n"
                                 "{\"text\":\"好\",\"label\":\"splendid\"}\n");
  const Outcome strict = tenor({"evaluate", zh(), file});
  EXPECT_EQ(strict.exit_code, 1);
  EXPECT_THAT(strict.error, HasSubstr("gold.jsonl:2"));
  const Outcome lenient = tenor({"evaluate", zh(), file, "--skip-bad-rows"});
  EXPECT_EQ(lenient.exit_code, 0);
  EXPECT_THAT(lenient.error, HasSubstr("1 bad row"));
}

TEST_F(ModelCommands, InspectShowsWhatWasVerified) {
  const Outcome text = tenor({"inspect", zh()});
  EXPECT_EQ(text.exit_code, 0) << text.error;
  EXPECT_THAT(text.out, HasSubstr("toy-zh 1.0"));
  EXPECT_THAT(text.out, HasSubstr("service_hospitality"));
  EXPECT_THAT(text.out, HasSubstr("a test"));
  const json all = json::parse(tenor({"inspect", zh(), en(), "--json"}).out);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1]["manifest"]["name"], "toy-en");
  EXPECT_EQ(all[0]["digest"].get<std::string>().size(), 64U);
}

TEST_F(ModelCommands, InspectRefusesADamagedModelAndNamesStrayFiles) {
  std::filesystem::copy(zh(), path("copy"), std::filesystem::copy_options::recursive);
  write("copy/notes.txt", "mine");
  EXPECT_THAT(tenor({"inspect", path("copy")}).out, HasSubstr("notes.txt"));
  std::filesystem::resize_file(path("copy/linear.safetensors"), 100);
  const Outcome result = tenor({"inspect", path("copy")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.error, HasSubstr("linear.safetensors"));
  EXPECT_EQ(tenor({"predict", "--model", path("copy"), "好"}).exit_code, 1);
}

TEST_F(ModelCommands, ModelsListsARepositoryWithItsBrokenOnes) {
  std::filesystem::copy(zh(), path("good"), std::filesystem::copy_options::recursive);
  std::filesystem::copy(zh(), path("bad"), std::filesystem::copy_options::recursive);
  write("bad/manifest.json", "{}");
  write("plain.txt", "not a model");
  const Outcome result = tenor({"models", "--repository", path("."), "--json"});
  EXPECT_EQ(result.exit_code, 1) << "one of them is broken";
  const json all = json::parse(result.out);
  ASSERT_GE(all.size(), 2U);
  const json& good = all[all.size() - 1];
  EXPECT_EQ(good["name"], "toy-zh");
  EXPECT_EQ(good["aspects"], 2);
  EXPECT_TRUE(all[all.size() - 2].contains("error"));
  std::filesystem::remove_all(path("bad"));
  EXPECT_EQ(tenor({"models", "--repository", path(".")}).exit_code, 0);
  EXPECT_EQ(tenor({"models", "--repository", path("none")}).exit_code, 1);
}

TEST_F(ModelCommands, BenchReportsNumbers) {
  const Outcome result =
      tenor({"bench", "--model", zh(), "--model", en(), "--seconds", "0.05", "--threads", "2", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  const json report = json::parse(result.out);
  ASSERT_EQ(report["throughput"].size(), 2U);
  EXPECT_GT(report["throughput"][0]["texts_per_second"], 0);
  EXPECT_FALSE(report["latency"].empty());
  ASSERT_EQ(report["stages"].size(), 4U);
  for (const json& stage : report["stages"]) EXPECT_GT(stage["mean_us"], 0) << stage;
  EXPECT_EQ(tenor({"bench", "--model", zh(), "--file", write("in.txt", "好\n"), "--seconds", "0.05"}).exit_code, 0);
}

TEST_F(ModelCommands, ModelsThatAreNoDefaultAnswerWhenTheyAreNamed) {
  const Outcome listed = tenor({"models", "--json"});
  ASSERT_EQ(listed.exit_code, 0) << listed.error;
  std::vector<std::string> built_in;
  for (const json& model : json::parse(listed.out)) built_in.push_back(model["where"]);
  if (built_in.empty()) GTEST_SKIP() << "built without models";
  EXPECT_THAT(built_in, testing::IsSupersetOf({"embedded en", "embedded zh", "embedded zh-open"}));
  const auto answered_by = [&](std::vector<std::string> arguments) -> std::string {
    arguments.insert(arguments.begin(), "predict");
    arguments.insert(arguments.end(), {"--format", "jsonl", "味道很好"});
    const Outcome answer = tenor(arguments);
    EXPECT_EQ(answer.exit_code, 0) << answer.error;
    return json::parse(answer.out)["tenor"]["model"];
  };
  EXPECT_EQ(answered_by({}), "tenor-zh");
  EXPECT_EQ(answered_by({"--model", "zh-open"}), "tenor-zh-open");
  EXPECT_EQ(tenor({"predict", "--model", "zh-nobody", "味道很好"}).exit_code, 1) << "a folder that is not there";
}

}  // namespace
}  // namespace tenor::test
