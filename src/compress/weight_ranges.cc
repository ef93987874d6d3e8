#include "compress/weight_ranges.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace tenor::compress {

namespace {

constexpr std::size_t kSums = 8;  // independent, so that compilers may take several weights at once

template <bool kWeighed>
double squared_error(std::span<const float> row, std::span<const float> importance, float range) {
  std::array<float, kSums> sums{};
  const auto add = [&](std::size_t i, float& sum) {
    const float level = std::nearbyint(std::clamp(row[i] / range, -1.0f, 1.0f) * 127.0f);
    const float error = row[i] - level * (range / 127.0f);
    sum += kWeighed ? importance[i] * error * error : error * error;
  };
  std::size_t i = 0;
  for (; i + kSums <= row.size(); i += kSums) {
    for (std::size_t lane = 0; lane < kSums; ++lane) add(i + lane, sums[lane]);
  }
  for (; i < row.size(); ++i) add(i, sums[0]);
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double error_of(std::span<const float> row, std::span<const float> importance, float range) {
  return importance.empty() ? squared_error<false>(row, importance, range)
                            : squared_error<true>(row, importance, range);
}

}  // namespace

float peak_of(std::span<const float> numbers) {
  float peak = 0;
  for (const float number : numbers) peak = std::max(peak, std::fabs(number));
  return peak;
}

float best_range(std::span<const float> row, std::span<const float> importance) {
  constexpr int kCandidates = 20;
  const float peak = peak_of(row);
  if (!(peak > 0)) return 0;
  float best = peak;
  double least = error_of(row, importance, peak);
  for (int candidate = 1; candidate < kCandidates; ++candidate) {
    const float range = peak * (1 - 0.02f * static_cast<float>(candidate));
    const double error = error_of(row, importance, range);
    if (error >= least) continue;
    least = error;
    best = range;
  }
  return best;
}

std::vector<float> weight_ranges(std::span<const float> weights, std::size_t inputs, bool search,
                                 std::span<const float> importance) {
  std::vector<float> out;
  out.reserve(weights.size() / inputs);
  for (std::size_t begin = 0; begin < weights.size(); begin += inputs) {
    const auto row = weights.subspan(begin, inputs);
    out.push_back(search ? best_range(row, importance) : peak_of(row));
  }
  return out;
}

}  // namespace tenor::compress
