// tenor-train prepare and tenor-train noise, and what they hand to each other.
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

#include "train_fixture.h"

namespace tenor::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TrainPrepare : public TrainTest {
 protected:
  Outcome prepare(const std::vector<std::string>& arguments) const { return with("prepare", arguments); }
  Outcome noise(const std::vector<std::string>& arguments) const { return with("noise", arguments); }
  nlohmann::json report(const std::string& folder) const {
    return nlohmann::json::parse(files_in(folder).at("report.json"));
  }
  static std::vector<nlohmann::json> lines_of(const std::string& content) {
    std::vector<nlohmann::json> lines;
    std::istringstream in(content);
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }
  std::string read(const std::string& name) const {
    std::ostringstream content;
    content << std::ifstream(path(name), std::ios::binary).rdbuf();
    return content.str();
  }

 private:
  Outcome with(const std::string& command, const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = {command};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run(TENOR_TRAIN_BINARY, all);
  }
};

TEST_F(TrainPrepare, AnyFormatBecomesTheSameRows) {
  const auto rows = toy_rows(60, 1);
  write("a.jsonl", as_jsonl(rows));
  write("b.csv", as_asap(rows));
  write("c.csv", as_ai_challenger(rows));
  std::set<std::string> fingerprints;
  for (const char* file : {"a.jsonl", "b.csv", "c.csv"}) {
    const Outcome result = prepare({file, "--out", "out"});
    ASSERT_EQ(result.exit_code, 0) << result.error;
    EXPECT_EQ(result.out, "");
    const nlohmann::json made = report("out");
    EXPECT_EQ(made["input"]["rows"], 60);
    EXPECT_EQ(made["parts"][0]["file"], "rows.jsonl");
    fingerprints.insert(made["parts"][0]["fingerprint"].get<std::string>());
  }
  EXPECT_EQ(fingerprints.size(), 1U);
  const nlohmann::json part = report("out")["parts"][0];
  const std::size_t count = part["rows"];
  EXPECT_EQ(lines_of(files_in("out").at("rows.jsonl")).size(), count);
  EXPECT_EQ(part["overall"]["positive"].get<std::size_t>() + part["overall"]["neutral"].get<std::size_t>() +
                part["overall"]["negative"].get<std::size_t>(),
            count);
  EXPECT_EQ(part["aspects"]["food_taste"].size(), 5U);
}

TEST_F(TrainPrepare, DuplicatesAndContradictionsAreNamed) {
  write("a.jsonl",
        "{\"text\":\"好吃！\",\"label\":\"positive\"}\n{\"text\":\"贵\",\"label\":\"negative\"}\n"
        "{\"text\":\"好吃\",\"label\":\"negative\"}\n{\"text\":\"贵。\",\"label\":\"negative\"}\n");
  ASSERT_EQ(prepare({"a.jsonl", "--out", "out"}).exit_code, 0);
  nlohmann::json made = report("out");
  EXPECT_EQ(made["duplicates"]["rows_left_out"], 2);
  EXPECT_EQ(made["duplicates"]["conflicts_listed"][0]["kept"], "a.jsonl:1");
  EXPECT_EQ(made["duplicates"]["conflicts_listed"][0]["other"], "a.jsonl:3");
  EXPECT_EQ(made["parts"][0]["rows"], 2);
  ASSERT_EQ(prepare({"a.jsonl", "--out", "out", "--drop-conflicts"}).exit_code, 0) << "its own folder is replaced";
  EXPECT_EQ(report("out")["parts"][0]["rows"], 1);
  ASSERT_EQ(prepare({"a.jsonl", "--out", "out", "--keep-duplicates"}).exit_code, 0);
  EXPECT_EQ(report("out")["parts"][0]["rows"], 4);
}

TEST_F(TrainPrepare, SplitsStayWhenRowsComeAndCopiesStayInTraining) {
  const auto rows = toy_rows(400, 1);
  write("few.jsonl", as_jsonl({rows.begin() + 200, rows.end()}));
  write("all.jsonl", as_jsonl(rows));
  ASSERT_EQ(prepare({"few.jsonl", "--out", "few", "--split", "0.7,0.2,0.1"}).exit_code, 0);
  const Outcome result = prepare({"all.jsonl", "--out", "all", "--split", "0.7,0.2,0.1", "--augment", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.error;
  for (const char* part : {"dev.jsonl", "test.jsonl"}) {
    std::set<std::string> texts;
    for (const auto& row : lines_of(files_in("all").at(part))) {
      texts.insert(row["text"]);
      EXPECT_FALSE(row.contains("augmented"));
    }
    for (const auto& row : lines_of(files_in("few").at(part))) EXPECT_TRUE(texts.contains(row["text"]));
    EXPECT_FALSE(texts.empty());
  }
  std::size_t copies = 0;
  for (const auto& row : lines_of(files_in("all").at("train.jsonl"))) copies += row.contains("augmented") ? 1 : 0;
  EXPECT_EQ(report("all")["parts"][0]["augmented"], copies);
  EXPECT_GT(copies, 400U);
}

TEST_F(TrainPrepare, TheSameArgumentsGiveTheSameBytes) {
  write("a.jsonl", as_jsonl(toy_rows(100, 1)));
  write("words.txt", "Aa01A01= 满意 喜欢 高兴\n");
  const std::vector<std::string> arguments = {"a.jsonl", "--out", "out", "--augment", "3", "--synonyms", "words.txt"};
  ASSERT_EQ(prepare(arguments).exit_code, 0);
  const auto first = files_in("out");
  ASSERT_EQ(prepare(arguments).exit_code, 0);
  EXPECT_EQ(files_in("out"), first);
  EXPECT_GT(report("out")["augmentation"]["words_replaced"], 0);
}

TEST_F(TrainPrepare, BadRowsStopTheRunOrAreListed) {
  write("a.jsonl", as_jsonl(toy_rows(9, 1)) + "{\"text\": \"x\"\n{\"text\": \"好\", \"label\": \"happy\"}\n");
  const Outcome stopped = prepare({"a.jsonl", "--out", "out"});
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_THAT(stopped.error, AllOf(HasSubstr("2 of 11 rows are bad"), HasSubstr("a.jsonl:10: "), HasSubstr("happy")));
  EXPECT_FALSE(std::filesystem::exists(path("out")));
  const Outcome skipped = prepare({"a.jsonl", "--out", "out", "--skip-bad-rows"});
  ASSERT_EQ(skipped.exit_code, 0) << skipped.error;
  EXPECT_THAT(skipped.error, HasSubstr("skipped a.jsonl:11: "));
  EXPECT_EQ(report("out")["input"]["bad_rows"], 2);
  EXPECT_EQ(report("out")["input"]["bad_rows_listed"].size(), 2U);
}

TEST_F(TrainPrepare, TheCommandLineIsChecked) {
  write("a.jsonl", as_jsonl(toy_rows(9, 1)));
  EXPECT_EQ(prepare({}).exit_code, 2);
  EXPECT_EQ(prepare({"a.jsonl"}).exit_code, 2);
  EXPECT_EQ(prepare({"a.jsonl", "--out", "out", "--split", "0.5,0.6"}).exit_code, 2);
  EXPECT_EQ(prepare({"a.jsonl", "--out", "out", "--swap", "1.5"}).exit_code, 2);
  EXPECT_EQ(prepare({"a.jsonl", "--out", "out", "--aspect-column", "food"}).exit_code, 2);
  EXPECT_EQ(prepare({"a.jsonl", "--out", "a.jsonl"}).exit_code, 2);
  EXPECT_EQ(prepare({"a.jsonl", "--out", "no/such/folder"}).exit_code, 1);
  EXPECT_EQ(prepare({"nowhere.jsonl", "--out", "out"}).exit_code, 1);
  std::filesystem::create_directory(path("mine"));
  write("mine/letter.txt", "precious");
  EXPECT_EQ(prepare({"a.jsonl", "--out", "mine"}).exit_code, 2);
  EXPECT_EQ(files_in("mine").size(), 1U);
  EXPECT_EQ(prepare({"--help"}).exit_code, 0);
  EXPECT_EQ(prepare({"a.jsonl", "--out", "out", "--quiet"}).error, "");
}

TEST_F(TrainPrepare, TextsOfOtherFilesAreLeftOut) {
  write("all.jsonl",
        "{\"text\":\"味道 很好！\",\"label\":1}\n{\"text\":\"太吵\",\"label\":-1}\n{\"text\":\"一般\",\"label\":0}\n");
  write("test.jsonl", "{\"text\":\"味道很好\",\"label\":-1}\n");
  write("held.txt", "一般。\nnobody has this\n");
  const Outcome result = prepare({"all.jsonl", "--without", "test.jsonl", "--without", "held.txt", "--out", "out"});
  ASSERT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("2 rows left out, whose texts are among the 3 of --without"));
  const auto rows = lines_of(read("out/rows.jsonl"));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["text"], "太吵");
  const nlohmann::json left_out = report("out")["without"];
  EXPECT_EQ(left_out["files"], (nlohmann::json{"test.jsonl", "held.txt"}));
  EXPECT_EQ(left_out["texts"], 3);
  EXPECT_EQ(left_out["rows_left_out"], 2);

  ASSERT_EQ(prepare({"held.txt", "--keep-unlabelled", "--without", "all.jsonl", "--out", "texts"}).exit_code, 0);
  EXPECT_EQ(lines_of(read("texts/rows.jsonl")).size(), 1U) << "texts without labels are prepared alike";
  const Outcome missing = prepare({"all.jsonl", "--without", "nowhere.jsonl", "--out", "never"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.error, HasSubstr("nowhere.jsonl"));
  EXPECT_FALSE(std::filesystem::exists(path("never")));
}

class TrainNoise : public TrainPrepare {
 protected:
  // 600 rows of which every thirtieth has its label turned over; the texts of those.
  std::set<std::string> write_noisy() const {
    auto rows = toy_rows(600, 1);
    std::set<std::string> turned;
    for (std::size_t r = 0; r < rows.size(); r += 30) {
      rows[r].label = rows[r].label == "positive" ? "negative" : "positive";
      turned.insert(rows[r].text);
    }
    write("train.jsonl", as_jsonl(rows));
    write("dev.jsonl", as_jsonl(toy_rows(300, 2)));
    write("config.yaml", toy_config("jsonl"));
    return turned;
  }
};

TEST_F(TrainNoise, ListsLabelsThatWereTurnedOverAndPrepareTakesThemOff) {
  const std::set<std::string> turned = write_noisy();
  const Outcome result = noise({"--config", "config.yaml", "--out", "list.jsonl", "--report", "noise.json", "--space",
                                "overall", "--folds", "4"});
  ASSERT_EQ(result.exit_code, 0) << result.error;
  const auto list = lines_of(read("list.jsonl"));
  ASSERT_GE(list.size(), turned.size() / 3) << "only rows of more than average confidence are listed";
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(list[i]["rank"], i + 1);
    EXPECT_EQ(list[i]["file"], "./train.jsonl");
    EXPECT_EQ((list[i]["line"].get<int>() - 1) % 30, 0);
    EXPECT_TRUE(turned.contains(list[i]["text"]));
    EXPECT_NE(list[i]["given"], list[i]["suggested"]);
    EXPECT_LT(list[i]["margin"], 0);
    EXPECT_EQ(list[i]["probabilities"].size(), 3U);
  }
  const nlohmann::json found = nlohmann::json::parse(read("noise.json"));
  EXPECT_EQ(found["spaces"][0]["groups"][0]["suspicious"], list.size());
  EXPECT_EQ(found["spaces"][0]["fingerprint"].get<std::string>().size(), 64U);
  ASSERT_EQ(prepare({"train.jsonl", "--out", "clean", "--drop", "list.jsonl"}).exit_code, 0);
  EXPECT_EQ(report("clean")["suspicious"]["labels_removed"], list.size());
  EXPECT_EQ(report("clean")["suspicious"]["entries_not_found"], 0);
}

TEST_F(TrainNoise, TestFilesAreNeverCleaned) {
  write_noisy();
  std::filesystem::copy_file(path("train.jsonl"), path("test-rows.jsonl"));
  write("config.yaml",
        "name: toy\nlanguages: [zh]\nngrams: {char_max: 2}\nspaces:\n"
        "  - {name: overall, train: [train.jsonl, test-rows.jsonl], dev: [dev.jsonl]}\n");
  const Outcome refused = noise({"--config", "config.yaml", "--out", "list.jsonl"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.error, AllOf(HasSubstr("test-rows.jsonl"), HasSubstr("test labels are never cleaned")));
  EXPECT_FALSE(std::filesystem::exists(path("list.jsonl")));
}

TEST_F(TrainNoise, TheCommandLineIsChecked) {
  write_noisy();
  EXPECT_EQ(noise({}).exit_code, 2);
  EXPECT_EQ(noise({"--config", "config.yaml", "--out", "l", "--folds", "1"}).exit_code, 2);
  EXPECT_EQ(noise({"--config", "config.yaml", "--out", "l", "--space", "taste"}).exit_code, 2);
  EXPECT_EQ(noise({"--config", "nowhere.yaml", "--out", "l"}).exit_code, 1);
  EXPECT_EQ(noise({"--help"}).exit_code, 0);
}

}  // namespace
}  // namespace tenor::test
