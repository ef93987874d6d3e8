// Do probabilities mean what they say?
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tenor::eval {

struct ReliabilityBin {
  double low = 0;  // confidences in (low, high]; the first bin holds 0 too
  double high = 0;
  std::uint64_t count = 0;
  double confidence = 0;  // mean; 0 where count is 0
  double accuracy = 0;
};

// `bins` (> 0) equal-width bins over [0, 1]. confidence[i]: probability given to the predicted class; correct[i]: 0
// or 1.
std::vector<ReliabilityBin> reliability_bins(std::span<const double> confidence, std::span<const std::uint8_t> correct,
                                             std::size_t bins);

// Expected calibration error: sum over bins of count / n * |accuracy - confidence| (Naeini et al. 2015; Guo et al.
// 2017).
double expected_calibration_error(std::span<const ReliabilityBin> bins);

// What expected_calibration_error() says of so many rows where nothing is wrong with their confidences: it adds up
// absolute differences, so that chance alone is not 0, and more where rows are few (Broecker, Smith 2007: consistency
// resampling). Answers are drawn right or wrong by their confidences.
struct ChanceCalibrationError {
  double mean = 0;
  double most = 0;  // the 0.95 quantile of the draws
};
// `bins` and `draws` > 0; equal input and seed give equal numbers.
ChanceCalibrationError chance_calibration_error(std::span<const double> confidence, std::size_t bins, std::size_t draws,
                                                std::uint64_t seed);

}  // namespace tenor::eval
