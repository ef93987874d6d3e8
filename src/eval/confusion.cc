#include "eval/confusion.h"

#include <cmath>
#include <numeric>

namespace tenor::eval {

namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::uint64_t Confusion::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::uint64_t Confusion::support(std::size_t c) const {
  std::uint64_t rows = 0;
  for (std::size_t other = 0; other < classes_; ++other) rows += at(c, other);
  return rows;
}

std::uint64_t Confusion::predicted(std::size_t c) const {
  std::uint64_t rows = 0;
  for (std::size_t other = 0; other < classes_; ++other) rows += at(other, c);
  return rows;
}

double Confusion::precision(std::size_t c) const {
  return ratio(at(c, c), predicted(c));
}

double Confusion::recall(std::size_t c) const {
  return ratio(at(c, c), support(c));
}

// 2 tp / (2 tp + fp + fn): the same as the harmonic mean of precision and recall, without its division by zero.
double Confusion::f1(std::size_t c) const {
  return ratio(2 * at(c, c), support(c) + predicted(c));
}

double Confusion::accuracy() const {
  std::uint64_t right = 0;
  for (std::size_t c = 0; c < classes_; ++c) right += at(c, c);
  const std::uint64_t all = total();
  return all == 0 ? std::nan("") : ratio(right, all);
}

double Confusion::macro_f1() const {
  double sum = 0;
  std::size_t present = 0;
  for (std::size_t c = 0; c < classes_; ++c) {
    if (support(c) + predicted(c) == 0) continue;
    sum += f1(c);
    ++present;
  }
  return present == 0 ? std::nan("") : sum / static_cast<double>(present);
}

double Confusion::macro_recall() const {
  double sum = 0;
  std::size_t present = 0;
  for (std::size_t c = 0; c < classes_; ++c) {
    if (support(c) == 0) continue;
    sum += recall(c);
    ++present;
  }
  return present == 0 ? std::nan("") : sum / static_cast<double>(present);
}

}  // namespace tenor::eval
