#include "train_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/random.h"

namespace tenor::test {

namespace fs = std::filesystem;

namespace {

std::string content_of(const fs::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

std::string quoted(const std::string& argument) {
  std::string text = "'";
  for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string code_of(const std::string& label) {
  return label == "positive" ? "1" : label == "neutral" ? "0" : label == "negative" ? "-1" : "-2";
}

}  // namespace

void TrainTest::SetUp() {
  std::string name = (fs::temp_directory_path() / "tenor-train-test-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  folder_ = name;
}

void TrainTest::TearDown() {
  fs::remove_all(folder_);
}

std::string TrainTest::write(const std::string& name, std::string_view content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
  return path(name);
}

std::map<std::string, std::string> TrainTest::files_in(const std::string& name) const {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder_ / name)) {
    files[entry.path().filename().string()] = content_of(entry.path());
  }
  return files;
}

Outcome TrainTest::run(const std::string& program, const std::vector<std::string>& arguments) const {
  std::string command = "cd " + quoted(folder_.string()) + " && " + quoted(program);
  for (const std::string& argument : arguments) command += " " + quoted(argument);
  const std::string out = folder_.string() + ".out", error = folder_.string() + ".err";
  const int status = std::system((command + " </dev/null >" + quoted(out) + " 2>" + quoted(error)).c_str());
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content_of(out), content_of(error)};
  fs::remove(out);
  fs::remove(error);
  return outcome;
}

Outcome TrainTest::train(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {"linear"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run(TENOR_TRAIN_BINARY, all);
}

Outcome TrainTest::tenor(const std::vector<std::string>& arguments) const {
  return run(TENOR_BINARY, arguments);
}

nlohmann::json TrainTest::evaluate(const std::string& file, const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {"evaluate", "bundle", file, "--json", "report.json", "--resamples", "0"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const Outcome outcome = tenor(all);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
  return nlohmann::json::parse(content_of(path("report.json"))).at("files").at(0);
}

nlohmann::json TrainTest::predict(const std::string& text) const {
  const Outcome outcome = tenor({"predict", "--model", "bundle", "--aspects", "all", "--format", "json", text});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
  return nlohmann::json::parse(outcome.out).at(0).at("tenor");
}

std::vector<ToyRow> toy_rows(std::size_t count, std::uint64_t seed) {
  static const std::vector<std::string> kLabels = {"positive", "neutral", "negative"};
  static const std::vector<std::vector<std::string>> kTaste = {{"好吃", "美味", "香"}, {"味道一般"}, {"难吃", "太咸"}};
  static const std::vector<std::vector<std::string>> kLocation = {{"交通方便"}, {"位置普通"}, {"太远", "很难到"}};
  static const std::vector<std::vector<std::string>> kOverall = {{"喜欢", "满意"}, {"还行"}, {"失望", "讨厌"}};
  static const std::vector<std::string> kPlain = {"今天", "朋友", "中午", "这家店", "我们", "点了"};
  Random random(seed);
  std::vector<ToyRow> rows;
  for (std::size_t r = 0; r < count; ++r) {
    const std::size_t label = r % 3;
    ToyRow row{"", kLabels[label], "not_mentioned", "not_mentioned"};
    std::vector<std::string> parts;
    const auto pick = [&](const std::vector<std::string>& words) {
      parts.push_back(words[random.below(words.size())]);
    };
    for (int i = 0; i < 3; ++i) pick(kPlain);
    pick(kOverall[label]);
    if (const std::size_t taste = random.below(6); taste < 3) {
      pick(kTaste[taste]);
      row.taste = kLabels[taste];
    }
    if (const std::size_t location = random.below(6); location < 3) {
      pick(kLocation[location]);
      row.location = kLabels[location];
    }
    random.shuffle(parts);
    for (const std::string& part : parts) row.text += part + "，";
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string as_jsonl(const std::vector<ToyRow>& rows) {
  std::string text;
  for (const ToyRow& row : rows) {
    text += nlohmann::json{{"text", row.text},
                           {"label", row.label},
                           {"aspects", {{"food_taste", row.taste}, {"location_transportation", row.location}}}}
                .dump() +
            "\n";
  }
  return text;
}

std::string as_asap(const std::vector<ToyRow>& rows) {
  std::string text = "id,review,star,Location#Transportation,Food#Taste\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const char* star = rows[r].label == "positive" ? "5.0" : rows[r].label == "neutral" ? "3.0" : "1.0";
    text += std::to_string(r) + ",\"" + rows[r].text + "\"," + star + "," + code_of(rows[r].location) + "," +
            code_of(rows[r].taste) + "\n";
  }
  return text;
}

std::string as_ai_challenger(const std::vector<ToyRow>& rows) {
  std::string text = "id,content,location_traffic_convenience,dish_taste,others_overall_experience\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text += std::to_string(r) + ",\"" + rows[r].text + "\"," + code_of(rows[r].location) + "," +
            code_of(rows[r].taste) + "," + code_of(rows[r].label) + "\n";
  }
  return text;
}

std::string toy_config(const std::string& extension) {
  const std::string files = "train: [train." + extension + "], dev: [dev." + extension + "], norm: sqrt_count";
  return "name: toy\ncreated: \"2024-01-01\"\nlicense: the test's terms\nlanguages: [zh]\nngrams: {char_max: 3}\n"
         "spaces:\n  - {name: overall, " +
         files + "}\n  - {name: aspects, aspects: true, " + files + "}\n";
}

}  // namespace tenor::test
