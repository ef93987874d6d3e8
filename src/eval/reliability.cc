#include "eval/reliability.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "eval/bootstrap.h"

namespace tenor::eval {

std::vector<ReliabilityBin> reliability_bins(std::span<const double> confidence, std::span<const std::uint8_t> correct,
                                             std::size_t bins) {
  const auto count = static_cast<double>(bins);
  std::vector<ReliabilityBin> table(bins);
  for (std::size_t b = 0; b < bins; ++b) {
    table[b].low = static_cast<double>(b) / count;
    table[b].high = static_cast<double>(b + 1) / count;
  }
  for (std::size_t i = 0; i < confidence.size(); ++i) {
    const double place = std::ceil(std::clamp(confidence[i], 0.0, 1.0) * count) - 1;
    ReliabilityBin& bin = table[static_cast<std::size_t>(std::max(place, 0.0))];
    ++bin.count;
    bin.confidence += confidence[i];
    bin.accuracy += correct[i];
  }
  for (ReliabilityBin& bin : table) {
    if (bin.count == 0) continue;
    bin.confidence /= static_cast<double>(bin.count);
    bin.accuracy /= static_cast<double>(bin.count);
  }
  return table;
}

double expected_calibration_error(std::span<const ReliabilityBin> bins) {
  double sum = 0;
  double rows = 0;
  for (const ReliabilityBin& bin : bins) {
    sum += static_cast<double>(bin.count) * std::abs(bin.accuracy - bin.confidence);
    rows += static_cast<double>(bin.count);
  }
  return rows == 0 ? 0 : sum / rows;
}

ChanceCalibrationError chance_calibration_error(std::span<const double> confidence, std::size_t bins, std::size_t draws,
                                                std::uint64_t seed) {
  Random random(seed);
  std::vector<double> errors(draws);
  std::vector<std::uint8_t> correct(confidence.size());
  ChanceCalibrationError out;
  for (double& error : errors) {
    for (std::size_t i = 0; i < correct.size(); ++i) correct[i] = random.uniform() < confidence[i] ? 1 : 0;
    error = expected_calibration_error(reliability_bins(confidence, correct, bins));
    out.mean += error / static_cast<double>(draws);
  }
  std::sort(errors.begin(), errors.end());
  out.most = quantile(errors, 0.95);
  return out;
}

}  // namespace tenor::eval
