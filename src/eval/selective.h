// Which answers to give and which to call uncertain: classification with a reject option.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tenor::eval {

// The least threshold on confidence for which the rows that pass (confidence >= threshold) show that at least a share
// `precision` of such texts is right: were it less, so few errors would have a chance of at most 1 - level (exact
// binomial bound; selection with guaranteed risk, Geifman and El-Yaniv 2017, for one threshold at a time). 2 (nothing
// passes) where no threshold does: at 0.95 and 0.95 it takes 59 rows without an error, or 93 with one. Spans of equal
// length; `correct` holds 0 or 1; precision and level are above 0 and below 1.
double precision_threshold(std::span<const double> confidence, std::span<const std::uint8_t> correct, double precision,
                           double level);

struct SelectivePoint {
  double coverage = 0;   // share of rows kept, the most confident ones
  double accuracy = 0;   // of these
  double threshold = 0;  // their least confidence
};

// At coverages 1 / points, 2 / points, ..., 1 (El-Yaniv and Wiener 2010). No rows: none.
std::vector<SelectivePoint> selective_accuracy(std::span<const double> confidence,
                                               std::span<const std::uint8_t> correct, std::size_t points);

}  // namespace tenor::eval
