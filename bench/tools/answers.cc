#include "answers.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "base/file_system.h"
#include "eval/classification_report.h"

namespace tenor::bench {

namespace {

// Class of a label name; -1 for a name that is none.
int class_of(std::string_view name) {
  const auto found = std::find(data::kLabelNames.begin(), data::kLabelNames.end(), name);
  return found == data::kLabelNames.end() ? -1 : static_cast<int>(found - data::kLabelNames.begin());
}

class AnswerList {
 public:
  explicit AnswerList(const Gold& gold) : classes_(gold.classes()) {
    answers_.predicted.resize(gold.labels.size());
    answers_.probabilities.resize(gold.labels.size() * classes_);
  }

  std::span<float> probabilities(std::size_t cell) {
    return std::span(answers_.probabilities).subspan(cell * classes_, classes_);
  }

  // Probabilities are made to sum to 1 (both programs print rounded ones); a `predicted` below 0 is the largest of
  // them.
  void set(std::size_t cell, int predicted) {
    const auto p = probabilities(cell);
    float sum = 0;
    for (const float x : p) sum += x;
    if (sum <= 0) return refuse(cell);
    for (float& x : p) x /= sum;
    if (predicted < 0) predicted = static_cast<int>(std::max_element(p.begin(), p.end()) - p.begin());
    answers_.predicted[cell] = static_cast<std::int8_t>(predicted);
  }

  Answers take() { return std::move(answers_); }

 private:
  void refuse(std::size_t cell) {
    for (float& x : probabilities(cell)) x = 1.0f / static_cast<float>(classes_);
    answers_.predicted[cell] = classes_ == data::kAspectLabels ? data::kNotMentioned : data::kNeutral;
    ++answers_.refused;
  }

  std::size_t classes_;
  Answers answers_;
};

void read_answer(const nlohmann::json& json, AnswerList& list, std::size_t cell) {
  const auto p = list.probabilities(cell);
  const bool given = json.at("predicted").is_string();
  for (const auto& [name, value] : json.at("probabilities").items()) {
    const int c = class_of(name);
    if (given && c >= 0 && static_cast<std::size_t>(c) < p.size()) p[static_cast<std::size_t>(c)] = value.get<float>();
  }
  list.set(cell, given ? class_of(json.at("predicted").get_ref<const std::string&>()) : -1);
}

Status read_tenor_line(const std::string& line, const Gold& gold, AnswerList& list, std::size_t row) {
  try {
    const auto json = nlohmann::json::parse(line);
    if (gold.aspects.empty()) {
      read_answer(json, list, row);
      return {};
    }
    for (std::size_t q = 0; q < gold.aspects.size(); ++q) {
      read_answer(json.at("aspects").at(gold.aspects[q]), list, row * gold.aspects.size() + q);
    }
    return {};
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::corrupt, error.what());
  }
}

Status read_fasttext_line(const std::string& line, AnswerList& list, std::size_t cell) {
  constexpr std::string_view kPrefix = "__label__";
  const auto p = list.probabilities(cell);
  std::istringstream words(line);
  std::string label;
  float probability = 0;
  while (words >> label >> probability) {
    const int c = label.starts_with(kPrefix) ? class_of(std::string_view(label).substr(kPrefix.size())) : -1;
    if (c < 0 || static_cast<std::size_t>(c) >= p.size()) {
      return fail(ErrorCode::corrupt, "expected __label__ and a class; found " + label);
    }
    p[static_cast<std::size_t>(c)] = std::max(probability, 0.0f);
  }
  list.set(cell, -1);
  return {};
}

// Calls each(line, number from 0) for exactly `rows` lines.
template <class Each>
Status for_each_line(const std::string& path, std::size_t rows, Each&& each) {
  const auto content = read_file(path);
  if (!content) return tl::unexpected(content.error());
  std::istringstream lines(*content);
  std::string line;
  std::size_t count = 0;
  while (std::getline(lines, line)) {
    if (count >= rows)
      return fail(ErrorCode::corrupt, path + ": more lines than the " + std::to_string(rows) + " rows");
    if (Status status = each(line, count); !status) {
      return fail(status.error(), path + ":" + std::to_string(count + 1));
    }
    ++count;
  }
  if (count == rows) return {};
  return fail(ErrorCode::corrupt,
              path + ": expected " + std::to_string(rows) + " lines; found " + std::to_string(count));
}

}  // namespace

Result<Gold> gold_of(const data::Dataset& dataset, bool aspects) {
  Gold gold;
  if (aspects) gold.aspects = dataset.aspect_names;
  for (const data::Row& row : dataset.rows) {
    if (aspects) {
      gold.labels.insert(gold.labels.end(), row.aspects.begin(), row.aspects.end());
    } else if (row.label >= 0) {
      gold.labels.push_back(row.label);
    } else {
      return fail(ErrorCode::corrupt, "a row has no overall label");
    }
  }
  return gold;
}

Result<Answers> read_tenor(const std::string& path, const Gold& gold) {
  AnswerList list(gold);
  const auto status = for_each_line(path, gold.rows(), [&](const std::string& line, std::size_t row) {
    return read_tenor_line(line, gold, list, row);
  });
  if (!status) return tl::unexpected(status.error());
  return list.take();
}

Result<Answers> read_fasttext(const std::vector<std::string>& paths, const Gold& gold) {
  if (paths.size() != gold.questions()) {
    return fail(ErrorCode::invalid_argument, "expected " + std::to_string(gold.questions()) +
                                                 " files of fastText's answers; found " + std::to_string(paths.size()));
  }
  AnswerList list(gold);
  for (std::size_t q = 0; q < paths.size(); ++q) {
    const auto status = for_each_line(paths[q], gold.rows(), [&](const std::string& line, std::size_t row) {
      return read_fasttext_line(line, list, row * paths.size() + q);
    });
    if (!status) return tl::unexpected(status.error());
  }
  return list.take();
}

Status make_two_class(Gold& gold, const std::vector<Answers*>& systems) {
  if (!gold.aspects.empty() || !eval::is_two_class(gold.labels)) return {};
  std::vector<std::int8_t> labels;
  for (Answers* system : systems) {
    auto two = eval::to_two_class(gold.labels, system->probabilities);
    if (!two) return tl::unexpected(two.error());
    system->predicted = std::move(two->predicted);
    system->probabilities = std::move(two->probabilities);
    labels = std::move(two->gold);
    gold.names = two->names;
  }
  gold.labels = std::move(labels);
  return {};
}

}  // namespace tenor::bench
