// Texts x features, the rows one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "experts/feature_vector.h"

namespace tenor::train {

struct SparseMatrix {
  std::vector<std::uint32_t> ids;
  std::vector<float> values;
  std::vector<std::size_t> offsets = {0};
  std::size_t columns = 0;

  std::size_t rows() const { return offsets.size() - 1; }
  std::span<const std::uint32_t> row_ids(std::size_t r) const {
    return std::span(ids).subspan(offsets[r], offsets[r + 1] - offsets[r]);
  }
  std::span<const float> row_values(std::size_t r) const {
    return std::span(values).subspan(offsets[r], offsets[r + 1] - offsets[r]);
  }
  void append(const experts::FeatureVector& features) {
    ids.insert(ids.end(), features.ids.begin(), features.ids.end());
    values.insert(values.end(), features.values.begin(), features.values.end());
    offsets.push_back(ids.size());
  }
};

}  // namespace tenor::train
