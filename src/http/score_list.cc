#include "http/score_list.h"

#include <algorithm>
#include <cmath>

namespace tenor::http {

namespace {

constexpr double kLeastProbability = 1e-7;

double apply(ScoreFunction function, double probability, double logit) {
  switch (function) {
    case ScoreFunction::softmax:
      return probability;
    case ScoreFunction::sigmoid:
      return 1 / (1 + std::exp(-logit));
    default:
      return logit;
  }
}

}  // namespace

std::array<double, engine::kMaxLabels> centred_logits(std::span<const float> probabilities) {
  std::array<double, engine::kMaxLabels> logits{};
  double sum = 0;
  for (std::size_t l = 0; l < probabilities.size(); ++l) {
    logits[l] = std::log(std::max(static_cast<double>(probabilities[l]), kLeastProbability));
    sum += logits[l];
  }
  for (std::size_t l = 0; l < probabilities.size(); ++l) logits[l] -= sum / static_cast<double>(probabilities.size());
  return logits;
}

ScoreList::ScoreList(const engine::TaskVerdict& task, ScoreFunction function, std::size_t top_k) {
  const auto& labels = task.task->labels;
  const auto logits = centred_logits(std::span(task.probabilities).first(labels.size()));
  for (std::size_t l = 0; l < labels.size(); ++l) {
    scores_[l] = {labels[l], apply(function, static_cast<double>(task.probabilities[l]), logits[l])};
  }
  size_ = std::min(labels.size(), top_k);
  const auto end = scores_.begin() + static_cast<std::ptrdiff_t>(labels.size());
  std::stable_sort(scores_.begin(), end, [](const LabelScore& a, const LabelScore& b) { return a.score > b.score; });
}

}  // namespace tenor::http
