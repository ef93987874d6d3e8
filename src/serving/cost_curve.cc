#include "serving/cost_curve.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tenor::serving {

namespace {

constexpr double kCurveWeight = 0.1;  // of a measurement
constexpr double kOutlier = 4;        // times the average: a measurement counts no more
constexpr double kHalfSeconds = 60;

std::size_t size_class(std::size_t tokens, std::size_t classes) {
  return std::min<std::size_t>(std::bit_width(std::max<std::size_t>(tokens, 1)) - 1, classes - 1);
}

}  // namespace

double CostCurve::token_us(std::size_t size, double now_s) const {
  const Size& here = sizes_[size];
  const double faded = here.token_us * std::exp2(-std::max(now_s - here.measured_s, 0.0) / kHalfSeconds);
  return std::max(faded, std::min(here.token_us, guess_));
}

double CostCurve::at(std::size_t tokens, double now_s) const {
  const auto count = static_cast<double>(std::max<std::size_t>(tokens, 1));
  const std::size_t here = size_class(tokens, kSizes);
  std::size_t below = here + 1;  // one above the nearest measured size at or below
  while (below > 0 && sizes_[below - 1].token_us == 0) --below;
  std::size_t above = here;
  while (above < kSizes && sizes_[above].token_us == 0) ++above;
  if (below == 0 && above == kSizes) return guess_ * count;
  if (below == 0) {
    const auto measured = static_cast<double>(std::size_t{1} << above);
    return token_us(above, now_s) * std::max(count, measured);
  }
  const std::size_t from = below - 1;
  const double lower = token_us(from, now_s);
  if (above == kSizes || from == above) return lower * count;
  const double share = static_cast<double>(here - from) / static_cast<double>(above - from);
  return (lower + share * (token_us(above, now_s) - lower)) * count;
}

void CostCurve::add(std::size_t tokens, double measured_us, double now_s) {
  if (tokens == 0 || !(measured_us > 0)) return;
  Size& size = sizes_[size_class(tokens, kSizes)];
  const double measured = measured_us / static_cast<double>(tokens);
  if (size.token_us == 0) {
    size.token_us = measured;
  } else {
    const double bounded = std::clamp(measured, size.token_us / kOutlier, size.token_us * kOutlier);
    size.token_us += kCurveWeight * (bounded - size.token_us);
  }
  size.measured_s = now_s;
}

}  // namespace tenor::serving
