// Small judgements on development rows: to choose C, to count what rounding changes, to report.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace tenor::train {

// Decisions by gate::decide: `probabilities` is [rows, labels], offsets [labels].
std::vector<std::int8_t> decide_rows(std::span<const float> probabilities, std::span<const float> offsets);

// Decisions by the larger score (`scores` is [rows, labels]); rows whose source knows no `masked` label decide among
// the others.
std::vector<std::int8_t> decide_known_labels(std::span<const float> scores, std::size_t labels,
                                             std::span<const std::uint8_t> two_class,
                                             std::optional<std::size_t> masked);

// Macro-F1 averaged over the sources of the rows: a big source does not outvote a small one.
double mean_macro_f1_by_source(const data::Dataset& dataset, std::span<const std::int8_t> gold,
                               std::span<const std::int8_t> decisions);

// Adds "TASK" (all rows) and, where there are several sources, "TASK SOURCE" -> macro-F1.
void add_dev_scores(const data::Dataset& dataset, std::span<const std::int8_t> gold,
                    std::span<const std::int8_t> decisions, const std::string& task,
                    std::map<std::string, double>& scores);

// At most four significant digits, for people.
std::string short_number(double value);

}  // namespace tenor::train
