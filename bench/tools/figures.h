// The measures of bench/accuracy, computed by src/eval for either system from the same arrays.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "answers.h"
#include "base/result.h"
#include "eval/bootstrap.h"

namespace tenor::bench {

// Of the overall question: accuracy, macro_f1, macro_recall, ece. Of aspects (means over them): merged_macro_f1 (three
// classes, not_mentioned taken as neutral), macro_f1 (four), accuracy, strict_accuracy, ece.
std::span<const std::string_view> measure_names(bool aspects);
std::optional<std::size_t> find_measure(bool aspects, std::string_view name);

// All of them, in the order of measure_names(), over the given rows.
Result<std::vector<double>> figures(const Gold& gold, const Answers& answers, std::span<const std::uint32_t> rows);

// Difference second - first of one measure on the same rows, with its interval and p (eval::paired_bootstrap).
Result<eval::PairedDifference> compare(const Gold& gold, const Answers& first, const Answers& second,
                                       std::size_t measure, int resamples);

}  // namespace tenor::bench
