// Which answers to give and which to call uncertain: classification with a reject option.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tenor::eval {

// The least threshold on confidence such that of the rows that pass (confidence >= threshold) a share of at least
// `precision` is right, counting one error more than there were: (errors + 1) / (kept + 1) <= 1 - precision, the bound
// of conformal risk control (Angelopoulos et al. 2024) for selective classification (Geifman and El-Yaniv 2017): a text
// drawn like the rows is wrong with at most that chance. 2 (nothing passes) where no threshold does. Spans of equal
// length; `correct` holds 0 or 1.
double precision_threshold(std::span<const double> confidence, std::span<const std::uint8_t> correct, double precision);

struct SelectivePoint {
  double coverage = 0;   // share of rows kept, the most confident ones
  double accuracy = 0;   // of these
  double threshold = 0;  // their least confidence
};

// At coverages 1 / points, 2 / points, ..., 1 (El-Yaniv and Wiener 2010). No rows: none.
std::vector<SelectivePoint> selective_accuracy(std::span<const double> confidence,
                                               std::span<const std::uint8_t> correct, std::size_t points);

}  // namespace tenor::eval
