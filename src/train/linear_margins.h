// The layout of a space's weights and the margins they give to rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/int8_rows.h"
#include "train/sparse_matrix.h"
#include "train/training_rows.h"

namespace tenor::train {

// Columns are experts x outputs; outputs are the tasks' labels one after the other.
struct ColumnLayout {
  explicit ColumnLayout(const std::vector<LinearTask>& tasks);

  std::size_t experts = 0;
  std::size_t outputs = 0;
  std::vector<std::size_t> first;   // [tasks]: a task's first output
  std::vector<std::size_t> labels;  // [tasks]

  std::size_t columns() const { return experts * outputs; }
  std::size_t column(std::size_t expert, std::size_t task) const { return expert * outputs + first[task]; }
};

// margins[rows, columns] = bias + rows x weights; `weights` is [features, columns].
std::vector<float> margins_of(const SparseMatrix& rows, std::span<const float> weights, std::span<const float> bias);
// The same with the weights that were rounded.
std::vector<float> margins_of(const SparseMatrix& rows, const Int8Rows& weights, std::span<const float> bias);

// The part [rows, labels] of `margins` that one expert gives to one task.
std::vector<float> margins_of_task(std::span<const float> margins, const ColumnLayout& layout, std::size_t expert,
                                   std::size_t task);

}  // namespace tenor::train
