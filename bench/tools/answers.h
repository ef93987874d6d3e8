// What two systems said about the same labelled rows, in one shape: tenor's and fastText's predictions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"

namespace tenor::bench {

// n rows of q questions with k classes: one question (overall, k = 3, or 2 where the file knows no neutral), or one an
// aspect (k = 4).
struct Gold {
  std::vector<std::string> aspects;                                      // empty: the overall question
  std::vector<std::string> names = {"positive", "neutral", "negative"};  // [k] of the overall question
  std::vector<std::int8_t> labels;                                       // [n x q]; of aspects -1: unlabelled

  std::size_t questions() const { return aspects.empty() ? 1 : aspects.size(); }
  std::size_t classes() const { return aspects.empty() ? names.size() : data::kAspectLabels; }
  std::size_t rows() const { return labels.size() / questions(); }
};

struct Answers {
  std::vector<std::int8_t> predicted;  // [n x q]
  std::vector<float> probabilities;    // [n x q x k]
  std::size_t refused = 0;             // answers that the system did not give: judged as neutral (or not mentioned)
};

// Gold labels of the overall question, or of all aspects. Error: rows without an overall label.
Result<Gold> gold_of(const data::Dataset& dataset, bool aspects);

// `tenor evaluate --predictions`: one JSON object a row.
Result<Answers> read_tenor(const std::string& path, const Gold& gold);

// `fasttext predict-prob MODEL FILE -1`: "__label__X probability" for every label that the model knows, one line a row.
// One file a question, in the order of the questions.
Result<Answers> read_fasttext(const std::vector<std::string>& paths, const Gold& gold);

// A file whose gold knows no neutral becomes a question of two classes: the greater of the positive and the negative
// probability decides. Other files stay.
Status make_two_class(Gold& gold, const std::vector<Answers*>& systems);

}  // namespace tenor::bench
