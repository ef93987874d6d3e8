// Class balance for rows that answer several tasks at once, as the 18 aspects of a review.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/balance.h"
#include "data/labels.h"

namespace tenor::data {

// [tasks][label]: rows that give the task this label, a repeated row counted as often.
using PairCounts = std::vector<std::array<std::uint64_t, kAspectLabels>>;

// Labels of several tasks, row after row: [rows, tasks], each 0..3 or negative (unlabelled).
struct TaskLabels {
  std::size_t tasks = 0;
  std::span<const std::int8_t> labels;

  std::size_t rows() const { return tasks == 0 ? 0 : labels.size() / tasks; }
  std::span<const std::int8_t> row(std::size_t r) const { return labels.subspan(r * tasks, tasks); }
};

struct PairBalanceOptions {
  BalanceMethod method = BalanceMethod::none;
  std::uint64_t seed = 0;
  double exponent = 0.5;  // of the rarity, 0..1: 0 changes nothing, 1 is the full correction
  double max_ratio = 10;  // no row weighs more than this many times the lightest one (>= 1)
};

struct BalancedRows {
  std::vector<std::size_t> rows;  // indices, ascending, repeated ones beside each other
  PairCounts before;              // of all rows
  PairCounts after;               // of `rows`
};

// A row cannot be repeated for one of its labels alone, so each weighs as its rarest (task, label) pair:
// w = max (rows labelled in the task / (labels that occur in it x rows with this label)) ^ exponent, the repeat factor
// of Gupta, Dollar, Girshick 2019 (LVIS, exponent 0.5). A row comes w x scale times on average, floor or ceiling of it,
// with scale chosen so that
//   oversample: the lightest row comes once; undersample: the heaviest does; hybrid: there are as many rows as before.
// Rows without any label stay, once. The same arguments give the same rows on every platform.
BalancedRows balance_pairs(const TaskLabels& labels, const PairBalanceOptions& options);

// Counts the pairs of the given rows.
PairCounts count_pairs(const TaskLabels& labels, std::span<const std::size_t> rows);

}  // namespace tenor::data
