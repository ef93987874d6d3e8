#include "train/one_against_rest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace tenor::train {

namespace {

double of_source(const std::map<std::string, double>& own, const std::string& source, double otherwise) {
  const auto named = own.find(source);
  return named == own.end() ? otherwise : named->second;
}

}  // namespace

std::vector<double> row_weights(const data::Dataset& dataset, const SpaceConfig& space) {
  std::map<std::uint32_t, std::map<std::int8_t, double>> counts;  // source -> label -> rows
  for (const data::Row& row : dataset.rows) {
    if (row.label >= 0) counts[row.source][row.label] += 1;
  }
  std::vector<double> weights;
  weights.reserve(dataset.rows.size());
  for (const data::Row& row : dataset.rows) {
    const std::string& source = dataset.sources[row.source];
    const double balance = of_source(space.source_balances, source, space.source_balance);
    double weight = of_source(space.source_weights, source, 1.0);
    if (row.label >= 0 && balance > 0) {
      const auto& classes = counts[row.source];
      double all = 0;
      for (const auto& [label, rows] : classes) all += rows;
      const double even = all / static_cast<double>(classes.size());
      weight *= std::pow(even / classes.at(row.label), balance);
    }
    weights.push_back(weight);
  }
  return weights;
}

std::vector<std::uint8_t> two_class_rows(const data::Dataset& dataset, const SpaceConfig& space) {
  const auto& names = space.two_class_sources;
  std::vector<std::uint8_t> flags;
  flags.reserve(dataset.rows.size());
  for (const data::Row& row : dataset.rows) {
    flags.push_back(std::find(names.begin(), names.end(), dataset.sources[row.source]) != names.end());
  }
  return flags;
}

BinaryProblem one_against_rest(const LabelledRows& rows, std::int8_t place, bool neutral, const SpaceConfig& space) {
  BinaryProblem problem;
  std::vector<double> weights;
  for (std::size_t r = 0; r < rows.labels.size(); ++r) {
    if (rows.labels[r] < 0) continue;
    const bool knows_nothing = neutral && rows.two_class[r] != 0;
    problem.rows.push_back(static_cast<std::uint32_t>(r));
    problem.labels.push_back(rows.labels[r] == place ? 1 : -1);
    weights.push_back(rows.weights[r] * (knows_nothing ? space.two_class_neutral_weight : 1.0));
  }
  problem.copies = copies_for_weights(weights, space.weight_resolution);
  return problem;
}

SideWeights side_weights(const BinaryProblem& problem, double class_balance) {
  double positive = 0, negative = 0;
  for (std::size_t i = 0; i < problem.rows.size(); ++i) {
    (problem.labels[i] > 0 ? positive : negative) += problem.copies[i];
  }
  if (positive == 0 || negative == 0) return {};
  const double half = (positive + negative) / 2;
  return {std::pow(half / positive, class_balance), std::pow(half / negative, class_balance)};
}

}  // namespace tenor::train
