// Runs tenor-train and tenor as a user does, in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tenor::test {

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string error;
};

class TrainTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::string write(const std::string& name, std::string_view content) const;
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  // Contents of all files of a folder, by name.
  std::map<std::string, std::string> files_in(const std::string& name) const;

  // Both run in the test's folder; standard input is empty.
  Outcome train(const std::vector<std::string>& arguments) const;  // `tenor-train linear ...`
  Outcome tenor(const std::vector<std::string>& arguments) const;
  Outcome run(const std::string& program, const std::vector<std::string>& arguments) const;

  // `tenor evaluate bundle FILE --json`, the report of the one file.
  nlohmann::json evaluate(const std::string& file, const std::vector<std::string>& arguments = {}) const;
  // `tenor predict` of one text with all aspects.
  nlohmann::json predict(const std::string& text) const;

 private:
  std::filesystem::path folder_;
};

// Labelled rows as plain values, from which the tests write each format.
struct ToyRow {
  std::string text;
  std::string label;     // positive, neutral, negative
  std::string taste;     // the same, or not_mentioned
  std::string location;  // the same
};
std::vector<ToyRow> toy_rows(std::size_t count, std::uint64_t seed);

std::string as_jsonl(const std::vector<ToyRow>& rows);
// ASAP's columns: review, star, Location#Transportation, Food#Taste; 1, 0, -1, -2.
std::string as_asap(const std::vector<ToyRow>& rows);
// AI Challenger 2018's: content, location_traffic_convenience, dish_taste, others_overall_experience.
std::string as_ai_challenger(const std::vector<ToyRow>& rows);

// The overall task and the aspects from train.EXTENSION and dev.EXTENSION.
std::string toy_config(const std::string& extension);

}  // namespace tenor::test
