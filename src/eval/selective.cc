#include "eval/selective.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <numeric>

namespace tenor::eval {

namespace {

std::vector<std::size_t> most_confident_first(std::span<const double> confidence) {
  std::vector<std::size_t> order(confidence.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return confidence[a] > confidence[b]; });
  return order;
}

}  // namespace

double precision_threshold(std::span<const double> confidence, std::span<const std::uint8_t> correct, double precision,
                           double level) {
  const auto order = most_confident_first(confidence);
  double threshold = 2, errors = 0;
  for (std::size_t n = 0; n < order.size(); ++n) {
    errors += correct[order[n]] != 0 ? 0 : 1;
    const bool ties = n + 1 < order.size() && confidence[order[n + 1]] == confidence[order[n]];
    if (ties) continue;
    const double kept = static_cast<double>(n) + 1;
    if (errors / kept > 1 - precision) continue;  // too many whatever the chance
    const boost::math::binomial_distribution<double> at_the_limit(kept, 1 - precision);
    if (boost::math::cdf(at_the_limit, errors) <= 1 - level) threshold = confidence[order[n]];
  }
  return threshold;
}

std::vector<SelectivePoint> selective_accuracy(std::span<const double> confidence,
                                               std::span<const std::uint8_t> correct, std::size_t points) {
  std::vector<SelectivePoint> out;
  if (confidence.empty()) return out;
  const auto order = most_confident_first(confidence);
  double right = 0;
  std::size_t kept = 0;
  for (std::size_t p = 1; p <= points; ++p) {
    const std::size_t wanted = std::max<std::size_t>(1, order.size() * p / points);
    for (; kept < wanted; ++kept) right += correct[order[kept]];
    out.push_back({static_cast<double>(kept) / static_cast<double>(order.size()), right / static_cast<double>(kept),
                   confidence[order[kept - 1]]});
  }
  return out;
}

}  // namespace tenor::eval
