// Small datasets and configurations for the tests of training and shipping.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "data/test_files.h"
#include "train/linear_config.h"
#include "train/linear_trainer.h"
#include "train/sparse_matrix.h"

namespace tenor::train::testing {

using data::TemporaryFolder;

inline SparseMatrix matrix_of(const std::vector<std::vector<std::pair<std::uint32_t, float>>>& rows,
                              std::size_t columns) {
  SparseMatrix matrix;
  matrix.columns = columns;
  for (const auto& row : rows) {
    experts::FeatureVector features;
    for (const auto& [id, value] : row) {
      features.ids.push_back(id);
      features.values.push_back(value);
    }
    matrix.append(features);
  }
  return matrix;
}

// Words that give a generated text its label; a text without them is neutral.
struct Vocabulary {
  std::vector<std::string> good, bad, plain;
  std::string separator;
};

inline const Vocabulary& vocabulary(bool chinese) {
  static const Vocabulary zh{{"好吃", "喜欢", "满意", "推荐", "热情"},
                             {"难吃", "讨厌", "失望", "糟糕", "冷淡"},
                             {"今天", "朋友", "店里", "一家", "中午", "地方", "他们", "点了"},
                             ""};
  static const Vocabulary en{{"delicious", "lovely", "great", "wonderful", "friendly"},
                             {"awful", "rude", "terrible", "cold", "disgusting"},
                             {"today", "friend", "place", "street", "lunch", "table", "they", "ordered"},
                             " "};
  return chinese ? zh : en;
}

// JSON lines with the labels positive, neutral, negative in turn, an aspect "food" that the texts with a food word
// mention, and the sources "one" and "two". The same arguments give the same text.
inline std::string generated_rows(bool chinese, std::size_t rows, std::uint64_t seed) {
  const Vocabulary& words = vocabulary(chinese);
  const std::string food = chinese ? "味道" : "food";
  Random random(seed);
  std::string jsonl;
  for (std::size_t r = 0; r < rows; ++r) {
    const char* label = r % 3 == 0 ? "positive" : r % 3 == 1 ? "neutral" : "negative";
    const bool mentioned = random.below(2) == 0;
    std::vector<std::string> parts;
    const auto add = [&](const std::vector<std::string>& from, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) parts.push_back(from[random.below(from.size())]);
    };
    add(words.plain, 3 + random.below(4));
    if (r % 3 == 0) add(words.good, 1 + random.below(2));
    if (r % 3 == 2) add(words.bad, 1 + random.below(2));
    if (mentioned) parts.push_back(food);
    random.shuffle(parts);
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : words.separator) + part;
    jsonl += R"({"text": ")" + text + R"(", "label": ")" + label + R"(", "source": ")" +
             (random.below(2) == 0 ? "one" : "two") + R"(", "aspects": {"food": ")" +
             (mentioned ? label : "not_mentioned") + "\"}}\n";
  }
  return jsonl;
}

// A configuration for generated rows in train.jsonl and dev.jsonl.
inline std::string generated_config(bool chinese, const std::string& weights = "int8") {
  const std::string ngrams = chinese ? "char_max: 3, boundaries: true" : "word_max: 2, subword_min: 3, subword_max: 4";
  return std::string("name: toy\ndescription: a generated model\nlicense: nobody's terms\n") +
         "created: \"2024-05-06\"\nlanguages: [" + (chinese ? "zh" : "en") + "]\nweights: " + weights + "\nngrams: {" +
         ngrams +
         "}\nspaces:\n"
         "  - {name: aspects, aspects: true, train: [train.jsonl], dev: [dev.jsonl], selection: chi2,\n"
         "     max_features: 300, offset_limit: 0.5, norm: sqrt_count, idf_power: 0.5}\n"
         "  - {name: overall, train: [train.jsonl], dev: [dev.jsonl], norm: sqrt_count}\n";
}

// A folder with train.jsonl (600 rows), dev.jsonl (300 others) and config.yaml.
class GeneratedData {
 public:
  explicit GeneratedData(bool chinese, const std::string& weights = "int8") {
    folder_.write("train.jsonl", generated_rows(chinese, 600, 1));
    folder_.write("dev.jsonl", generated_rows(chinese, 300, 2));
    folder_.write("config.yaml", generated_config(chinese, weights));
  }
  const TemporaryFolder& folder() const { return folder_; }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

 private:
  TemporaryFolder folder_;
};

inline TrainContext quiet_context(const std::string& folder) {
  TrainContext context;
  context.rows = {.data_folder = folder, .dataset = {}, .seed = 42, .progress = false};
  context.say = [](const std::string&) {};
  return context;
}

inline Result<std::vector<TrainedSpace>> train_all(const LinearConfig& config, const TrainContext& context) {
  std::vector<TrainedSpace> spaces;
  for (const SpaceConfig& space : config.spaces) {
    auto trained = train_space(config, space, context);
    if (!trained) return tl::unexpected(trained.error());
    spaces.push_back(std::move(*trained));
  }
  return spaces;
}

}  // namespace tenor::train::testing
