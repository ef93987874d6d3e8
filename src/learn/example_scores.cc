#include <algorithm>

#include "eval/confusion.h"
#include "learn/finetuning.h"

namespace tenor::learn {

namespace {

// The largest probability, `without` left out.
std::size_t best_of(std::span<const float> probabilities, std::ptrdiff_t without) {
  std::size_t best = without == 0 ? 1 : 0;
  for (std::size_t l = 0; l < probabilities.size(); ++l) {
    if (static_cast<std::ptrdiff_t>(l) != without && probabilities[l] > probabilities[best]) best = l;
  }
  return best;
}

std::ptrdiff_t place(const TaskInfo& task, const char* label) {
  const auto found = std::find(task.labels.begin(), task.labels.end(), label);
  return found == task.labels.end() ? -1 : found - task.labels.begin();
}

}  // namespace

Scores score_examples(std::span<const TaskInfo> tasks, std::span<const Example> examples,
                      std::span<const float> probabilities) {
  const std::size_t outputs = tasks.empty() ? 0 : tasks.back().first_output + tasks.back().labels.size();
  Scores scores;
  double merged = 0, right = 0, told = 0;
  std::size_t aspects = 0;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const TaskInfo& task = tasks[t];
    const std::ptrdiff_t neutral = place(task, "neutral"), absent = place(task, "not_mentioned");
    eval::Confusion all(task.labels.size()), two_class(task.labels.size());
    for (std::size_t r = 0; r < examples.size(); ++r) {
      if (examples[r].labels.size() <= t || examples[r].labels[t] < 0) continue;
      const bool two = examples[r].two_class && !task.aspect;
      const std::size_t answer =
          best_of(probabilities.subspan(r * outputs + task.first_output, task.labels.size()), two ? neutral : -1);
      (two ? two_class : all).add(static_cast<std::size_t>(examples[r].labels[t]), answer);
    }
    if (!task.aspect) {
      if (all.total() > 0) scores[task.name + "_macro_f1"] = all.macro_f1();
      if (two_class.total() > 0) scores[task.name + "_two_class_accuracy"] = two_class.accuracy();
      continue;
    }
    if (all.total() == 0) continue;
    ++aspects;
    eval::Confusion three(task.labels.size());  // not mentioned is neutral
    for (std::size_t gold = 0; gold < task.labels.size(); ++gold) {
      for (std::size_t answer = 0; answer < task.labels.size(); ++answer) {
        const auto fold = [&](std::size_t label) {
          return static_cast<std::ptrdiff_t>(label) == absent && neutral >= 0 ? static_cast<std::size_t>(neutral)
                                                                              : label;
        };
        three.add(fold(gold), fold(answer), all.at(gold, answer));
      }
    }
    merged += three.macro_f1();
    right += all.accuracy() * static_cast<double>(all.total());
    told += static_cast<double>(all.total());
  }
  if (aspects > 0) {
    scores["aspects_merged_macro_f1"] = merged / static_cast<double>(aspects);
    scores["aspects_accuracy"] = right / told;
  }
  double sum = 0;
  for (const auto& [name, score] : scores) sum += score;
  if (!scores.empty()) scores["mean"] = sum / static_cast<double>(scores.size());
  return scores;
}

}  // namespace tenor::learn
