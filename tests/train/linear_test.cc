// tenor-train linear, and tenor on the bundle it wrote.
#include <gmock/gmock.h>

#include "train_fixture.h"

namespace tenor::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TrainLinear : public TrainTest {
 protected:
  void write_toy(const std::string& extension, std::string (*format)(const std::vector<ToyRow>&)) const {
    write("train." + extension, format(toy_rows(600, 1)));
    write("dev." + extension, format(toy_rows(300, 2)));
    write("test." + extension, format(toy_rows(200, 3)));
    write("config.yaml", toy_config(extension));
  }
  Outcome train_toy(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"--config", "config.yaml", "--out", "bundle"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return train(arguments);
  }
  void expect_good(const std::string& test_file, const std::vector<std::string>& more = {}) const {
    const nlohmann::json report = evaluate(test_file, more);
    EXPECT_EQ(report["rows"], 200);
    EXPECT_GT(report["overall"]["accuracy"]["value"], 0.95);
    EXPECT_GT(report["overall"]["macro_f1"]["value"], 0.95);
    const nlohmann::json good = predict("这家店好吃，喜欢");
    EXPECT_EQ(good["label"], "positive");
    ASSERT_EQ(good["aspects"].size(), 2u);
    EXPECT_EQ(good["aspects"][0]["name"], "location_transportation");
    EXPECT_EQ(good["aspects"][0]["label"], "not_mentioned");
    EXPECT_EQ(good["aspects"][1]["name"], "food_taste");
    EXPECT_EQ(good["aspects"][1]["label"], "positive");
    const nlohmann::json bad = predict("今天失望，交通方便");
    EXPECT_EQ(bad["label"], "negative");
    EXPECT_EQ(bad["aspects"][0]["label"], "positive");
    EXPECT_EQ(bad["aspects"][1]["label"], "not_mentioned");
  }
};

TEST_F(TrainLinear, FromJsonLinesToAnswers) {
  write_toy("jsonl", as_jsonl);
  const Outcome result = train_toy();
  ASSERT_EQ(result.exit_code, 0) << result.error;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.error, AllOf(HasSubstr("overall: 600 training rows, 0 bad rows skipped"),
                                  HasSubstr("dev macro-F1 overall: "), HasSubstr("wrote bundle")));
  const auto files = files_in("bundle");
  for (const char* name : {"manifest.json", "manifest.sha256", "linear.safetensors", "MODEL_CARD.md", "drift.json"}) {
    EXPECT_TRUE(files.contains(name)) << name;
  }
  EXPECT_THAT(files.at("drift.json"), AllOf(HasSubstr("\"texts\":300,"), HasSubstr("dev.jsonl; fingerprint ")));
  EXPECT_THAT(files.at("MODEL_CARD.md"),
              AllOf(HasSubstr("# toy 1.0.0"), HasSubstr("the test's terms"), HasSubstr("--config config.yaml")));
  expect_good("test.jsonl");
  EXPECT_EQ(tenor({"inspect", "bundle"}).exit_code, 0);
}

TEST_F(TrainLinear, FromAsapsColumns) {
  write_toy("csv", as_asap);
  const Outcome result = train_toy();
  ASSERT_EQ(result.exit_code, 0) << result.error;
  expect_good("test.csv");
}

TEST_F(TrainLinear, FromAiChallengersColumns) {
  write_toy("csv", as_ai_challenger);
  const Outcome result = train_toy();
  ASSERT_EQ(result.exit_code, 0) << result.error;
  expect_good("test.csv");
}

TEST_F(TrainLinear, ColumnsAndCodesAreNamedByFlags) {
  std::string train_rows = "what they wrote,verdict\n", dev_rows = train_rows;
  for (const ToyRow& row : toy_rows(600, 1)) {
    if (row.label != "neutral") train_rows += row.text + "," + (row.label == "positive" ? "1" : "0") + "\n";
  }
  for (const ToyRow& row : toy_rows(300, 2)) {
    if (row.label != "neutral") dev_rows += row.text + "," + (row.label == "positive" ? "1" : "0") + "\n";
  }
  write("train.csv", train_rows);
  write("dev.csv", dev_rows);
  write("config.yaml",
        "name: toy\nlanguages: [zh]\nngrams: {char_max: 2}\nspaces:\n"
        "  - {name: overall, train: [train.csv], dev: [dev.csv]}\n");
  const std::vector<std::string> columns = {"--text-column", "what they wrote", "--label-column", "verdict"};
  const Outcome unclear = train_toy(columns);
  EXPECT_EQ(unclear.exit_code, 1);
  EXPECT_THAT(unclear.error, HasSubstr("--label-codes binary")) << "0 may be negative or neutral";
  std::vector<std::string> all = columns;
  all.insert(all.end(), {"--label-codes", "binary"});
  const Outcome result = train_toy(all);
  ASSERT_EQ(result.exit_code, 0) << result.error;
  EXPECT_EQ(predict("今天喜欢")["label"], "positive");
  EXPECT_EQ(predict("今天失望")["probabilities"].size(), 2u) << "two labels were learned";
  EXPECT_THAT(files_in("bundle").at("MODEL_CARD.md"), HasSubstr("--label-codes binary"));
}

TEST_F(TrainLinear, TheSameTrainingGivesTheSameBytes) {
  write_toy("jsonl", as_jsonl);
  ASSERT_EQ(train_toy({"--quiet"}).exit_code, 0);
  const auto first = files_in("bundle");
  ASSERT_EQ(train_toy({"--quiet"}).exit_code, 0) << "an older bundle is replaced";
  EXPECT_EQ(files_in("bundle"), first);
  ASSERT_EQ(train({"--config", "config.yaml", "--out", "elsewhere/", "--quiet"}).exit_code, 0);
  EXPECT_EQ(files_in("elsewhere"), first) << "wherever it is written to";
}

TEST_F(TrainLinear, TooFewDevelopmentRowsMakeNoDriftReference) {
  write_toy("jsonl", as_jsonl);
  write("dev.jsonl", as_jsonl(toy_rows(199, 2)));
  const Outcome result = train_toy();
  ASSERT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("no drift reference: it needs 200 development rows, found 199\n"));
  EXPECT_FALSE(files_in("bundle").contains("drift.json"));
}

TEST_F(TrainLinear, BalanceIsAFlagToo) {
  write_toy("jsonl", as_jsonl);
  std::vector<ToyRow> rows = toy_rows(600, 1);
  for (const ToyRow& row : toy_rows(300, 9)) {
    if (row.label == "positive") rows.push_back(row);
  }
  write("train.jsonl", as_jsonl(rows));
  EXPECT_THAT(train_toy().error, HasSubstr("overall: 700 training rows"));
  EXPECT_THAT(train_toy({"--balance", "oversample"}).error, HasSubstr("overall: 900 training rows"));
  EXPECT_THAT(train_toy({"--balance", "undersample"}).error, HasSubstr("overall: 600 training rows"));
  EXPECT_THAT(files_in("bundle").at("MODEL_CARD.md"), HasSubstr("--balance undersample"));
  EXPECT_EQ(train_toy({"--balance", "perfectly"}).exit_code, 2);
}

TEST_F(TrainLinear, QuietIsQuiet) {
  write_toy("jsonl", as_jsonl);
  const Outcome result = train_toy({"--quiet"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.error, "");
}

TEST_F(TrainLinear, FilesAreLookedForInTheDataFolder) {
  write_toy("jsonl", as_jsonl);
  write("config.yaml", toy_config("jsonl"));
  std::filesystem::create_directory(path("data"));
  for (const char* name : {"train.jsonl", "dev.jsonl"}) {
    std::filesystem::rename(path(name), path(std::string("data/") + name));
  }
  const Outcome missing = train_toy();
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.error, HasSubstr("train.jsonl"));
  EXPECT_EQ(train_toy({"--data", "data"}).exit_code, 0);
}

TEST_F(TrainLinear, TestFilesAreJudgedOnTheCard) {
  write_toy("jsonl", as_jsonl);
  write("config.yaml", toy_config("jsonl") + "test: [test.jsonl]\n");
  const Outcome result = train_toy();
  ASSERT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(files_in("bundle").at("MODEL_CARD.md"), HasSubstr("test.jsonl"));
  write("config.yaml", toy_config("jsonl") + "test: [nowhere.jsonl]\n");
  const auto before = files_in("bundle");
  const Outcome missing = train_toy();
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.error, HasSubstr("nowhere.jsonl"));
  EXPECT_EQ(files_in("bundle"), before);
}

TEST_F(TrainLinear, BadRowsStopTheRunWithFileAndLine) {
  write_toy("jsonl", as_jsonl);
  write("train.jsonl", as_jsonl(toy_rows(600, 1)) + "{\"text\": \"x\"\n" + R"({"text": "好", "label": "happy"})" +
                           "\n" + R"({"text": "  ", "label": "positive"})" + "\n");
  const Outcome stopped = train_toy();
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_THAT(stopped.error, AllOf(HasSubstr("tenor-train: error: "), HasSubstr("3 of 603 rows are bad"),
                                   HasSubstr("train.jsonl:601: "), HasSubstr("train.jsonl:602: "), HasSubstr("happy"),
                                   HasSubstr("train.jsonl:603: "), HasSubstr("--skip-bad-rows")));
  EXPECT_FALSE(std::filesystem::exists(path("bundle")));

  const Outcome skipped = train_toy({"--skip-bad-rows"});
  ASSERT_EQ(skipped.exit_code, 0) << skipped.error;
  EXPECT_THAT(skipped.error, AllOf(HasSubstr("600 training rows, 3 bad rows skipped"), HasSubstr("train.jsonl:602: ")));
  expect_good("test.jsonl");
  EXPECT_THAT(files_in("bundle").at("MODEL_CARD.md"), HasSubstr("--skip-bad-rows"));
}

TEST_F(TrainLinear, ABadConfigurationIsSaidWithItsLine) {
  write_toy("jsonl", as_jsonl);
  EXPECT_EQ(train({"--config", "nowhere.yaml", "--out", "bundle"}).exit_code, 1);
  write("config.yaml", toy_config("jsonl") + "sede: 3\n");
  const Outcome unknown = train_toy();
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.error, AllOf(HasSubstr("config.yaml, line 9: field 'sede' is unknown"), HasSubstr("seed")));
  write("config.yaml", toy_config("jsonl") + "seed: many\n");
  EXPECT_THAT(train_toy().error, HasSubstr("expected a whole number, found 'many'"));
  EXPECT_FALSE(std::filesystem::exists(path("bundle")));
}

TEST_F(TrainLinear, WhatIsInTheWayIsLeftAloneAndSaidAtOnce) {
  write_toy("jsonl", as_jsonl);
  std::filesystem::create_directory(path("bundle"));
  write("bundle/letters.txt", "precious");
  const Outcome refused = train_toy();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.error, AllOf(HasSubstr("bundle is in the way"), Not(HasSubstr("training rows"))));
  EXPECT_EQ(files_in("bundle").size(), 1u);
  const Outcome nowhere = train({"--config", "config.yaml", "--out", "no/such/folder"});
  EXPECT_EQ(nowhere.exit_code, 1);
  EXPECT_THAT(nowhere.error, AllOf(HasSubstr("no folder no/such"), Not(HasSubstr("training rows"))));
}

TEST_F(TrainLinear, TheCommandLineIsChecked) {
  EXPECT_EQ(train({}).exit_code, 2);
  EXPECT_EQ(train({"--config", "config.yaml"}).exit_code, 2);
  EXPECT_EQ(train({"--out", "bundle"}).exit_code, 2);
  EXPECT_EQ(train({"--confg", "x"}).exit_code, 2);
  EXPECT_EQ(train({"--label-codes", "colours"}).exit_code, 2);
  EXPECT_EQ(run(TENOR_TRAIN_BINARY, {}).exit_code, 2);
  EXPECT_EQ(run(TENOR_TRAIN_BINARY, {"cook"}).exit_code, 2);
  for (const std::vector<std::string>& help :
       {std::vector<std::string>{"--help"}, {"--version"}, {"linear", "--help"}, {"linear", "--explain-config"}}) {
    const Outcome result = run(TENOR_TRAIN_BINARY, help);
    EXPECT_EQ(result.exit_code, 0) << help.back();
    EXPECT_FALSE(result.out.empty()) << help.back();
    EXPECT_EQ(result.error, "") << help.back();
  }
  EXPECT_THAT(run(TENOR_TRAIN_BINARY, {"linear", "--explain-config"}).out, HasSubstr("two_class_dev_share"));
}

}  // namespace
}  // namespace tenor::test
