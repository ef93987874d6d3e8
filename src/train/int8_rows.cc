#include "train/int8_rows.h"

#include <algorithm>
#include <cmath>

#include "base/bf16.h"
#include "experts/feature_vector.h"

namespace tenor::train {

namespace {

constexpr int kPasses = 3;

// The texts' values feature by feature.
struct ByFeature {
  explicit ByFeature(const SparseMatrix& texts)
      : offsets(texts.columns + 1), rows(texts.ids.size()), values(rows.size()) {
    for (const std::uint32_t id : texts.ids) ++offsets[id + 1];
    for (std::size_t f = 0; f < texts.columns; ++f) offsets[f + 1] += offsets[f];
    std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
    for (std::size_t r = 0; r < texts.rows(); ++r) {
      for (std::size_t i = texts.offsets[r]; i < texts.offsets[r + 1]; ++i) {
        const std::size_t place = next[texts.ids[i]]++;
        rows[place] = static_cast<std::uint32_t>(r);
        values[place] = texts.values[i];
      }
    }
  }
  std::vector<std::size_t> offsets;
  std::vector<std::uint32_t> rows;
  std::vector<float> values;
};

Int8Rows round_to_nearest(std::span<const float> weights, std::size_t columns) {
  Int8Rows result;
  result.values.reserve(weights.size());
  for (std::size_t begin = 0; begin < weights.size(); begin += columns) {
    const auto row = weights.subspan(begin, columns);
    float largest = 0;
    for (const float weight : row) largest = std::max(largest, std::abs(weight));
    const std::uint16_t scale = float_to_bf16(largest / 127.0f);
    const float step = bf16_to_float(scale);
    result.scales.push_back(scale);
    for (const float weight : row) {
      const float value = step > 0 ? std::round(weight / step) : 0.0f;
      result.values.push_back(static_cast<std::int8_t>(std::clamp(value, -127.0f, 127.0f)));
    }
  }
  return result;
}

// Adaptive rounding of one column.
class ColumnRounder {
 public:
  ColumnRounder(std::span<const float> weights, std::size_t columns, const ByFeature& texts, std::size_t text_count)
      : weights_(weights), columns_(columns), texts_(texts), errors_(text_count) {}

  void round(std::size_t column, Int8Rows& rows) {
    std::fill(errors_.begin(), errors_.end(), 0.0f);
    const std::size_t features = rows.scales.size();
    for (std::size_t f = 0; f < features; ++f) {
      const std::size_t place = f * columns_ + column;
      const float step = bf16_to_float(rows.scales[f]);
      move(f, step * static_cast<float>(rows.values[place]) - weights_[place]);
    }
    for (int pass = 0; pass < kPasses; ++pass) {
      for (std::size_t f = 0; f < features; ++f) improve(f, column, rows);
    }
  }

 private:
  void move(std::size_t feature, float by) {
    for (std::size_t i = texts_.offsets[feature]; i < texts_.offsets[feature + 1]; ++i) {
      errors_[texts_.rows[i]] += by * texts_.values[i];
    }
  }

  void improve(std::size_t feature, std::size_t column, Int8Rows& rows) {
    const float step = bf16_to_float(rows.scales[feature]);
    if (step == 0) return;  // no column gives this feature a weight
    float slope = 0, squares = 0;
    for (std::size_t i = texts_.offsets[feature]; i < texts_.offsets[feature + 1]; ++i) {
      slope += errors_[texts_.rows[i]] * texts_.values[i];
      squares += texts_.values[i] * texts_.values[i];
    }
    // A step of `d` changes the sum of squares by 2 d slope + d d squares.
    if (2 * std::abs(slope) <= step * squares) return;
    const int direction = slope > 0 ? -1 : 1;
    std::int8_t& value = rows.values[feature * columns_ + column];
    const float exact = weights_[feature * columns_ + column] / step;
    const int moved = value + direction;
    // Never further than one step from the exact weight: texts unlike these must not pay for it.
    if (std::abs(moved) > 127 || std::abs(static_cast<float>(moved) - exact) > 1) return;
    value = static_cast<std::int8_t>(moved);
    move(feature, static_cast<float>(direction) * step);
  }

  std::span<const float> weights_;
  std::size_t columns_;
  const ByFeature& texts_;
  std::vector<float> errors_;  // of each text's margin
};

}  // namespace

void even_columns(std::span<float> weights, std::span<float> bias) {
  const std::size_t columns = bias.size();
  std::vector<double> squares(columns);
  for (std::size_t i = 0; i < weights.size(); ++i) squares[i % columns] += static_cast<double>(weights[i]) * weights[i];
  for (std::size_t c = 0; c < columns; ++c) {
    const double mean = squares[c] / (static_cast<double>(weights.size()) / static_cast<double>(columns));
    const auto factor = static_cast<float>(mean > 0 ? 1 / std::sqrt(mean) : 1);
    bias[c] *= factor;
    for (std::size_t i = c; i < weights.size(); i += columns) weights[i] *= factor;
  }
}

Int8Rows round_rows(std::span<const float> weights, std::size_t columns, const SparseMatrix& texts) {
  Int8Rows rows = round_to_nearest(weights, columns);
  const ByFeature by_feature(texts);
  ColumnRounder rounder(weights, columns, by_feature, texts.rows());
  for (std::size_t c = 0; c < columns; ++c) rounder.round(c, rows);
  return rows;
}

}  // namespace tenor::train
