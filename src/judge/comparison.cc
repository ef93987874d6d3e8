#include "judge/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "eval/report_text.h"
#include "judge/judgement.h"

namespace tenor::judge {

namespace {

// One task's answers of both models: a label and some probabilities a row.
struct Answers {
  std::span<const std::int8_t> labels;
  std::span<const float> probabilities;
  std::size_t tasks;  // labels a row
  std::size_t task;
  std::size_t classes;

  std::int8_t label(std::size_t row) const { return labels[row * tasks + task]; }
  std::span<const float> probability(std::size_t row) const {
    return probabilities.subspan((row * tasks + task) * classes, classes);
  }
};

TaskComparison compare_task(std::string name, std::span<const std::uint8_t> scored, const Answers& a,
                            const Answers& b) {
  TaskComparison out;
  out.task = std::move(name);
  for (std::size_t row = 0; row < scored.size(); ++row) {
    if (scored[row] == 0) continue;
    ++out.texts;
    out.flips += a.label(row) != b.label(row) ? 1 : 0;
    for (std::size_t c = 0; c < a.classes; ++c) {
      const double difference =
          std::fabs(static_cast<double>(a.probability(row)[c]) - static_cast<double>(b.probability(row)[c]));
      out.largest_difference = std::max(out.largest_difference, difference);
    }
  }
  return out;
}

void add_scores(const Judgement& first, const Judgement& second, std::vector<TaskComparison>& tasks) {
  if (first.overall && second.overall) {
    tasks.front().labelled = first.overall->rows;
    tasks.front().first_macro_f1 = first.overall->macro_f1.value;
    tasks.front().second_macro_f1 = second.overall->macro_f1.value;
  }
  if (!first.aspects || !second.aspects) return;
  for (std::size_t i = 0; i < first.aspects->aspects.size(); ++i) {
    const eval::AspectScores& scores = first.aspects->aspects[i];
    TaskComparison& task = tasks[i + 1];
    if (scores.rows == 0) continue;
    task.labelled = scores.rows;
    task.first_macro_f1 = scores.macro_f1;
    task.second_macro_f1 = second.aspects->aspects[i].macro_f1;
  }
}

constexpr std::size_t kColumns = 6;
using Cells = std::array<std::string, kColumns>;

Cells headings(const std::string& first, const std::string& second) {
  return {"task", "other labels", "share", "largest difference", "macro-F1 " + first, second};
}

Cells cells_of(const TaskComparison& task) {
  char share[32];
  std::snprintf(share, sizeof share, "%.2f %%", 100 * task.flip_share());
  const auto score = [](const std::optional<double>& value) {
    return value ? eval::four_digits(*value) : std::string("-");
  };
  return {task.task,
          std::to_string(task.flips) + "/" + std::to_string(task.texts),
          share,
          eval::four_digits(task.largest_difference),
          score(task.first_macro_f1),
          score(task.second_macro_f1)};
}

}  // namespace

Result<Comparison> compare(const std::string& name, const JudgedRows& first, const JudgedRows& second) {
  if (first.scored != second.scored || first.aspect_names != second.aspect_names || first.gold != second.gold) {
    return fail(ErrorCode::invalid_argument, name + ": the two models did not answer the same questions");
  }
  Comparison out;
  out.name = name;
  out.texts = first.size();
  out.unscored = static_cast<std::size_t>(std::count(first.scored.begin(), first.scored.end(), 0));
  const auto overall = [](const JudgedRows& rows) {
    return Answers{rows.predicted, rows.probabilities, 1, 0, data::kOverallLabels};
  };
  out.tasks.push_back(compare_task("overall", first.scored, overall(first), overall(second)));
  for (std::size_t aspect = 0; aspect < first.aspect_names.size(); ++aspect) {
    const auto answers = [&](const JudgedRows& rows) {
      return Answers{rows.aspect_predicted, rows.aspect_probabilities, rows.aspect_names.size(), aspect,
                     data::kAspectLabels};
    };
    out.tasks.push_back(compare_task(first.aspect_names[aspect], first.scored, answers(first), answers(second)));
  }
  eval::ReportOptions options;
  options.bootstrap.resamples = 0;
  const auto one = judge_group(name, first, options);
  if (!one) return tl::unexpected(one.error());
  const auto two = judge_group(name, second, options);
  if (!two) return tl::unexpected(two.error());
  add_scores(*one, *two, out.tasks);
  if (one->aspects) out.first_aspects_macro_f1 = one->aspects->merged_macro_f1.value;
  if (two->aspects) out.second_aspects_macro_f1 = two->aspects->merged_macro_f1.value;
  return out;
}

data::Dataset with_all_aspects(data::Dataset dataset, const engine::Engine& engine) {
  std::vector<std::string>& names = dataset.aspect_names;
  for (const engine::ModelInfo* model : engine.models()) {
    for (const engine::TaskInfo& task : model->tasks) {
      if (task.aspect && std::find(names.begin(), names.end(), task.name) == names.end()) names.push_back(task.name);
    }
  }
  for (data::Row& row : dataset.rows) row.aspects.resize(names.size(), data::kUnlabelled);
  return dataset;
}

std::string comparison_text(const Comparison& comparison, const std::string& first, const std::string& second) {
  std::string out = comparison.name + ": " + std::to_string(comparison.texts) + " texts";
  if (comparison.unscored > 0) out += ", " + std::to_string(comparison.unscored) + " of them empty";
  out += '\n';
  std::vector<Cells> lines = {headings(first, second)};
  for (const TaskComparison& task : comparison.tasks) lines.push_back(cells_of(task));
  std::array<std::size_t, kColumns> widths{};
  for (const Cells& line : lines) {
    for (std::size_t c = 0; c < kColumns; ++c) widths[c] = std::max(widths[c], line[c].size());
  }
  for (const Cells& line : lines) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      const std::string padding(widths[c] - line[c].size(), ' ');
      out += c == 0 ? "  " + line[c] + padding : "  " + padding + line[c];
    }
    out += '\n';
  }
  return out;
}

std::string comparison_markdown(std::span<const Comparison> comparisons, const std::string& first,
                                const std::string& second) {
  std::string out = "| file ";
  for (const std::string& cell : headings(first, second)) out += "| " + cell + " ";
  out += "|\n|---|---|--:|--:|--:|--:|--:|\n";
  for (const Comparison& comparison : comparisons) {
    for (const TaskComparison& task : comparison.tasks) {
      out += "| " + comparison.name + " ";
      for (const std::string& cell : cells_of(task)) out += "| " + cell + " ";
      out += "|\n";
    }
  }
  return out;
}

}  // namespace tenor::judge
