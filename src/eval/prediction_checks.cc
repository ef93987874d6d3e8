#include "eval/prediction_checks.h"

#include <cmath>
#include <string>

namespace tenor::eval {

Status check_labels(std::span<const std::int8_t> labels, int low, int high, const char* what) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= low && labels[i] <= high) continue;
    return fail(ErrorCode::invalid_argument, std::string(what) + " label " + std::to_string(i) + ": expected " +
                                                 std::to_string(low) + " to " + std::to_string(high) + ", found " +
                                                 std::to_string(labels[i]));
  }
  return {};
}

Status check_probabilities(std::span<const float> probabilities, std::size_t rows, std::size_t classes) {
  if (probabilities.size() != rows * classes) {
    return fail(ErrorCode::invalid_argument, "expected " + std::to_string(rows * classes) + " probabilities, found " +
                                                 std::to_string(probabilities.size()));
  }
  for (std::size_t i = 0; i < rows; ++i) {
    double sum = 0;
    bool valid = true;
    for (const float p : probabilities.subspan(i * classes, classes)) {
      valid = valid && std::isfinite(p) && p >= 0;
      sum += p;
    }
    if (valid && std::abs(sum - 1) <= 0.001) continue;
    return fail(ErrorCode::invalid_argument, "probabilities of row " + std::to_string(i) +
                                                 ": expected numbers from 0 to 1 that sum to 1, found the sum " +
                                                 std::to_string(sum));
  }
  return {};
}

}  // namespace tenor::eval
