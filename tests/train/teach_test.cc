// tenor-train teach, and what tenor-train linear makes of its rows.
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

#include "train_fixture.h"

namespace tenor::test {
namespace {

using testing::HasSubstr;

class TrainTeach : public TrainTest {
 protected:
  void SetUp() override {
    TrainTest::SetUp();
    write("train.jsonl", as_jsonl(toy_rows(400, 1)));
    write("dev.jsonl", as_jsonl(toy_rows(200, 2)));
    write("config.yaml", toy_config("jsonl"));
    const Outcome trained = train({"--config", "config.yaml", "--out", "teacher"});
    ASSERT_EQ(trained.exit_code, 0) << trained.error;
    std::string texts;
    for (const auto& row : toy_rows(300, 3)) texts += row.text + "\n";
    std::string strange;  // of characters that the teacher has never seen
    for (const char* letter : {"鑫", "淼", "焱", "垚", "犇", "骉"})
      strange += std::string(letter) + letter + letter + "\n";
    write("strange.txt", strange);
    write("texts.txt", texts + strange + texts);  // most of them twice
  }

  Outcome teach(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"teach", "teacher", "--texts", "texts.txt"};
    all.insert(all.end(), more.begin(), more.end());
    return run(TENOR_TRAIN_BINARY, all);
  }
  std::vector<nlohmann::json> rows(const std::string& name) const {
    std::vector<nlohmann::json> lines;
    std::ifstream in(path(name));
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }
};

TEST_F(TrainTeach, KeepsEachTextOnceWhereTheTeacherIsSure) {
  const Outcome all = teach({"--out", "all.jsonl", "--sure", "0", "--sure-neutral", "0"});
  ASSERT_EQ(all.exit_code, 0) << all.error;
  ASSERT_EQ(teach({"--out", "sure.jsonl", "--sure", "0.95", "--sure-neutral", "0.95", "--source", "mine"}).exit_code,
            0);
  std::set<std::string> seen;
  for (const auto& row : rows("all.jsonl")) {
    EXPECT_TRUE(seen.insert(row["text"]).second) << row;
    EXPECT_EQ(row["source"], "taught");
  }
  EXPECT_THAT(all.error, HasSubstr(std::to_string(seen.size()) + " rows of " + std::to_string(seen.size()) + " texts"));
  const auto sure = rows("sure.jsonl");
  EXPECT_GT(sure.size(), 0U);
  EXPECT_LE(sure.size() + 6, seen.size());
  for (const auto& row : sure) {
    EXPECT_TRUE(seen.contains(row["text"]));
    EXPECT_EQ(row["text"].get<std::string>().find("鑫"), std::string::npos);
    EXPECT_EQ(row["source"], "mine");
  }
}

TEST_F(TrainTeach, GivesTheSameRowsWhateverTheThreads) {
  ASSERT_EQ(teach({"--out", "one.jsonl", "--sure", "0.6", "--share", "0.5", "-j", "1"}).exit_code, 0);
  ASSERT_EQ(teach({"--out", "three.jsonl", "--sure", "0.6", "--share", "0.5", "-j", "3"}).exit_code, 0);
  EXPECT_EQ(rows("one.jsonl"), rows("three.jsonl"));
  EXPECT_LT(rows("one.jsonl").size(), 250U);
}

TEST_F(TrainTeach, TheLinearExpertsLearnFromItsRows) {
  ASSERT_EQ(teach({"--out", "taught.jsonl", "--sure", "0.6", "--sure-neutral", "0.6"}).exit_code, 0);
  const auto taught = rows("taught.jsonl").size();
  std::string config = toy_config("jsonl");
  config.insert(config.find('}', config.find("name: overall")), ", taught: [taught.jsonl]");
  write("more.yaml", config);
  const Outcome more = train({"--config", "more.yaml", "--out", "student"});
  ASSERT_EQ(more.exit_code, 0) << more.error;
  EXPECT_THAT(more.error, HasSubstr(std::to_string(400 + taught) + " training rows"));
}

TEST_F(TrainTeach, SaysWhatIsWrong) {
  const Outcome unsure = run(TENOR_TRAIN_BINARY, {"teach", "teacher", "--texts", "strange.txt", "--out", "none.jsonl",
                                                  "--sure", "0.99", "--sure-neutral", "0.99"});
  EXPECT_EQ(unsure.exit_code, 1);
  EXPECT_THAT(unsure.error, HasSubstr("sure of none of 6 texts"));
  EXPECT_EQ(teach({"--out", "x.jsonl", "--sure", "1.5"}).exit_code, 2);
  EXPECT_EQ(run(TENOR_TRAIN_BINARY, {"teach", "nowhere", "--texts", "texts.txt", "--out", "x.jsonl"}).exit_code, 1);
  EXPECT_EQ(run(TENOR_TRAIN_BINARY, {"teach", "teacher", "--texts", "nowhere.txt", "--out", "x.jsonl"}).exit_code, 1);
}

}  // namespace
}  // namespace tenor::test
