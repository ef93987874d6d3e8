#include "train/linear_margins.h"

#include "base/bf16.h"
#include "experts/feature_vector.h"
#include "train/linear_solver.h"

namespace tenor::train {

namespace {

// `add(id, value, sums)` adds value * weights[id] to the sums of a row.
template <class Add>
std::vector<float> sum_rows(const SparseMatrix& rows, std::span<const float> bias, const Add& add) {
  std::vector<float> margins;
  margins.reserve(rows.rows() * bias.size());
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    margins.insert(margins.end(), bias.begin(), bias.end());
    const std::span<float> sums(margins.data() + r * bias.size(), bias.size());
    const auto ids = rows.row_ids(r);
    const auto values = rows.row_values(r);
    for (std::size_t i = 0; i < ids.size(); ++i) add(ids[i], values[i], sums);
  }
  return margins;
}

}  // namespace

ColumnLayout::ColumnLayout(const std::vector<LinearTask>& tasks) : experts(std::size(kLinearKinds)) {
  for (const LinearTask& task : tasks) {
    first.push_back(outputs);
    labels.push_back(task.labels.size());
    outputs += task.labels.size();
  }
}

std::vector<float> margins_of(const SparseMatrix& rows, std::span<const float> weights, std::span<const float> bias) {
  return sum_rows(rows, bias, [&](std::uint32_t id, float value, std::span<float> sums) {
    const auto row = weights.subspan(id * sums.size(), sums.size());
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += value * row[c];
  });
}

std::vector<float> margins_of(const SparseMatrix& rows, const Int8Rows& weights, std::span<const float> bias) {
  return sum_rows(rows, bias, [&](std::uint32_t id, float value, std::span<float> sums) {
    const float factor = value * bf16_to_float(weights.scales[id]);
    const auto row = std::span(weights.values).subspan(id * sums.size(), sums.size());
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += factor * static_cast<float>(row[c]);
  });
}

std::vector<float> margins_of_task(std::span<const float> margins, const ColumnLayout& layout, std::size_t expert,
                                   std::size_t task) {
  std::vector<float> part;
  for (std::size_t begin = layout.column(expert, task); begin < margins.size(); begin += layout.columns()) {
    const auto row = margins.subspan(begin, layout.labels[task]);
    part.insert(part.end(), row.begin(), row.end());
  }
  return part;
}

}  // namespace tenor::train
