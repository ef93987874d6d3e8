// A checkpoint's labels -> positive, neutral, negative.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenor::import {

inline constexpr std::array<std::string_view, 3> kSentiments = {"positive", "neutral", "negative"};

// Index into kSentiments of a label that means one by its name, letter case and what stands in brackets behind it
// ignored: positive, pos, 正面, 积极, 正向, 好评; neutral, neu, 中性, 中立, 中评; negative, neg, 负面, 消极, 负向,
// 差评; "very ..." and "extremely ..." of these; 1 to 5 stars (1-2 negative, 3 neutral, 4-5 positive).
std::optional<std::size_t> sentiment_of(std::string_view label);

// The overall task that a head answers.
struct LabelPlan {
  std::vector<std::string> labels;         // of the task: those of kSentiments that occur, in that order
  std::vector<std::size_t> rows;           // rows of the checkpoint's head in the order in which the bundle has them:
                                           // those of the first label, then those of the second, ...
  std::vector<std::size_t> rows_of_label;  // how many rows each label has
  std::vector<std::string> source_labels;  // the checkpoint's name of each row, in the bundle's order

  bool groups() const { return rows.size() > labels.size(); }
};

// `overrides`: a label of the checkpoint -> a name of kSentiments. Errors: invalid_argument (a label without meaning:
// all are listed with the flag that gives them one; an override for a label that is not there or to another name; fewer
// than two sentiments).
Result<LabelPlan> plan_labels(const std::vector<std::string>& labels,
                              const std::map<std::string, std::string>& overrides);

}  // namespace tenor::import
