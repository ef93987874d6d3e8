#include "train/space_judgement.h"

#include <algorithm>
#include <cstdio>

#include "eval/confusion.h"
#include "gate/fusion.h"

namespace tenor::train {

namespace {

std::map<std::uint32_t, eval::Confusion> confusions(const data::Dataset& dataset, std::span<const std::int8_t> gold,
                                                    std::span<const std::int8_t> decisions) {
  std::map<std::uint32_t, eval::Confusion> by_source;
  for (std::size_t r = 0; r < gold.size(); ++r) {
    if (gold[r] < 0) continue;
    auto& confusion = by_source.try_emplace(dataset.rows[r].source, data::kLabelNames.size()).first->second;
    confusion.add(static_cast<std::size_t>(gold[r]), static_cast<std::size_t>(decisions[r]));
  }
  return by_source;
}

}  // namespace

std::vector<std::int8_t> decide_rows(std::span<const float> probabilities, std::span<const float> offsets) {
  std::vector<std::int8_t> decisions;
  for (std::size_t begin = 0; begin < probabilities.size(); begin += offsets.size()) {
    decisions.push_back(static_cast<std::int8_t>(gate::decide(probabilities.subspan(begin, offsets.size()), offsets)));
  }
  return decisions;
}

std::vector<std::int8_t> decide_known_labels(std::span<const float> scores, std::size_t labels,
                                             std::span<const std::uint8_t> two_class,
                                             std::optional<std::size_t> masked) {
  std::vector<std::int8_t> decisions;
  for (std::size_t r = 0; r * labels < scores.size(); ++r) {
    const auto row = scores.subspan(r * labels, labels);
    const bool hide = masked && two_class[r] != 0;
    std::size_t best = hide && *masked == 0 ? 1 : 0;
    for (std::size_t l = best + 1; l < labels; ++l) {
      if (row[l] > row[best] && !(hide && l == *masked)) best = l;
    }
    decisions.push_back(static_cast<std::int8_t>(best));
  }
  return decisions;
}

double mean_macro_f1_by_source(const data::Dataset& dataset, std::span<const std::int8_t> gold,
                               std::span<const std::int8_t> decisions) {
  double sum = 0;
  const auto by_source = confusions(dataset, gold, decisions);
  for (const auto& [source, confusion] : by_source) sum += confusion.macro_f1();
  return by_source.empty() ? 0 : sum / static_cast<double>(by_source.size());
}

void add_dev_scores(const data::Dataset& dataset, std::span<const std::int8_t> gold,
                    std::span<const std::int8_t> decisions, const std::string& task,
                    std::map<std::string, double>& scores) {
  eval::Confusion all(data::kLabelNames.size());
  for (std::size_t r = 0; r < gold.size(); ++r) {
    if (gold[r] >= 0) all.add(static_cast<std::size_t>(gold[r]), static_cast<std::size_t>(decisions[r]));
  }
  if (all.total() == 0) return;
  scores[task] = all.macro_f1();
  const auto by_source = confusions(dataset, gold, decisions);
  if (by_source.size() < 2) return;
  for (const auto& [source, confusion] : by_source) scores[task + " " + dataset.sources[source]] = confusion.macro_f1();
}

std::string short_number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4g", value);
  return buffer;
}

}  // namespace tenor::train
