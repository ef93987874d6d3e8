#include "drift/psi.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace tenor::drift {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

double total(std::span<const std::uint64_t> counts) {
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

}  // namespace

double population_stability_index(std::span<const std::uint64_t> reference, std::span<const std::uint64_t> counts) {
  const double n = total(reference);
  const double m = total(counts);
  if (n == 0 || m == 0 || reference.size() != counts.size()) return kNothing;
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const auto here = static_cast<double>(reference[i]);
    const auto there = static_cast<double>(counts[i]);
    const double together = (here + there) / (n + m);
    if (together == 0) continue;
    const double p = (here + together) / (n + 1);
    const double q = (there + together) / (m + 1);
    sum += (q - p) * std::log(q / p);
  }
  return sum;
}

double psi_by_chance(std::size_t bins, std::uint64_t reference_texts, std::uint64_t texts) {
  if (reference_texts == 0 || texts == 0) return kNothing;
  return (static_cast<double>(bins) - 1) * (1 / static_cast<double>(reference_texts) + 1 / static_cast<double>(texts));
}

Level level_of(double psi) {
  if (psi > kDrifted) return Level::drifted;
  return psi > kShifted ? Level::shifted : Level::stable;
}

const char* to_string(Level level) {
  switch (level) {
    case Level::shifted:
      return "shifted";
    case Level::drifted:
      return "drifted";
    default:
      return "stable";
  }
}

}  // namespace tenor::drift
