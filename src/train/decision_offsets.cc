#include "train/decision_offsets.h"

#include <algorithm>
#include <cmath>

namespace tenor::train {

namespace {

// Logarithms once; the search looks at every row hundreds of times.
class Search {
 public:
  Search(const OffsetData& data, const OffsetOptions& options) : data_(data), options_(options) {
    logs_.reserve(data.probabilities.size());
    for (const float p : data.probabilities) logs_.push_back(std::log(std::max(p, 1e-30f)));
  }

  double objective(std::span<const float> offsets) const {
    const std::size_t k = data_.labels;
    std::vector<double> gold(k), predicted(k), right(k);
    double rows = 0, exact = 0;
    for (std::size_t r = 0; r < data_.gold.size(); ++r) {
      if (data_.gold[r] < 0) continue;
      const std::size_t found = best(r, offsets);
      const auto wanted = static_cast<std::size_t>(data_.gold[r]);
      rows += 1;
      exact += found == wanted;
      gold[merge(wanted)] += 1;
      predicted[merge(found)] += 1;
      right[merge(found)] += merge(found) == merge(wanted);
    }
    double sum = 0, classes = 0;
    for (std::size_t c = 0; c < k; ++c) {
      if (gold[c] + predicted[c] == 0) continue;
      sum += 2 * right[c] / (gold[c] + predicted[c]);
      classes += 1;
    }
    double size = 0;
    for (const float offset : offsets) size += std::abs(offset);
    if (rows == 0) return 0;
    return sum / classes + options_.accuracy * exact / rows - options_.penalty * size;
  }

 private:
  std::size_t merge(std::size_t label) const { return data_.merged == label ? data_.merged_into : label; }
  std::size_t best(std::size_t row, std::span<const float> offsets) const {
    const float* logs = logs_.data() + row * data_.labels;
    std::size_t found = 0;
    for (std::size_t l = 1; l < data_.labels; ++l) {
      if (logs[l] + offsets[l] > logs[found] + offsets[found]) found = l;
    }
    return found;
  }

  const OffsetData& data_;
  const OffsetOptions& options_;
  std::vector<float> logs_;
};

}  // namespace

double merged_macro_f1(const OffsetData& data, std::span<const float> offsets) {
  const OffsetOptions plain{.limit = 0, .penalty = 0, .accuracy = 0};
  return Search(data, plain).objective(offsets);
}

std::vector<float> fit_offsets(const OffsetData& data, const OffsetOptions& options) {
  const Search search(data, options);
  std::vector<float> offsets(data.labels, 0.0f);
  double best = search.objective(offsets);
  const int steps = static_cast<int>(std::lround(options.limit * 10));
  for (bool improved = true; improved;) {
    improved = false;
    for (std::size_t l = 0; l + 1 < data.labels; ++l) {
      const float before = offsets[l];
      float chosen = before;
      for (int step = -steps; step <= steps; ++step) {
        offsets[l] = static_cast<float>(step) / 10.0f;
        const double value = search.objective(offsets);
        if (value > best + 1e-9) {
          best = value;
          chosen = offsets[l];
          improved = true;
        }
      }
      offsets[l] = chosen;
    }
  }
  return offsets;
}

}  // namespace tenor::train
