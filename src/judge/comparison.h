// Two models on the same texts: how often do they answer differently?
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/judged_rows.h"

namespace tenor::judge {

struct TaskComparison {
  std::string task;                      // "overall", or an aspect
  std::size_t texts = 0;                 // that both models answered
  std::size_t flips = 0;                 // texts that got another label
  double largest_difference = 0;         // of a probability
  std::size_t labelled = 0;              // texts with a label to judge by
  std::optional<double> first_macro_f1;  // over the labelled texts; as `tenor evaluate` counts it
  std::optional<double> second_macro_f1;

  double flip_share() const { return texts == 0 ? 0 : static_cast<double>(flips) / static_cast<double>(texts); }
};

struct Comparison {
  std::string name;          // of the file
  std::size_t texts = 0;     // all of them
  std::size_t unscored = 0;  // texts that the models refused
  std::vector<TaskComparison> tasks;
  // Mean over the aspects with labelled rows, not_mentioned merged into neutral.
  std::optional<double> first_aspects_macro_f1;
  std::optional<double> second_aspects_macro_f1;
};

// Rows judged by two models that answer the same tasks. Error: those of eval/; invalid_argument where the rows differ.
Result<Comparison> compare(const std::string& name, const JudgedRows& first, const JudgedRows& second);

// The dataset with a column for every aspect that the engine's models know, unlabelled where it had none: so that
// judge_rows() asks for all.
data::Dataset with_all_aspects(data::Dataset dataset, const engine::Engine& engine);

// A table for people, and one in Markdown; `first` and `second` name the models.
std::string comparison_text(const Comparison& comparison, const std::string& first, const std::string& second);
std::string comparison_markdown(std::span<const Comparison> comparisons, const std::string& first,
                                const std::string& second);

}  // namespace tenor::judge
