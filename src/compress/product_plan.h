// How one product becomes int8: chosen by what it answers on calibration rows.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "compress/calibration.h"

namespace tenor::compress {

struct PlanOptions {
  bool search_ranges = true;  // clip an output's largest weights where that lowers the error
  bool smooth = true;         // needs calibration
};

struct ProductPlan {
  // [inputs], inputs are multiplied by these before they are rounded and weights divided; empty: all are one.
  std::vector<float> smooth;
  std::optional<double> strength;  // SmoothQuant's alpha, where `smooth` is not empty
  std::vector<float> ranges;       // [outputs], of the divided weights
  // On the rows held back: 10 log10(sum of squares of the float outputs / of the differences that int8 makes), of this
  // plan and of plain rounding; infinity where there are none. Absent without calibration.
  std::optional<double> output_snr_db;
  std::optional<double> plain_output_snr_db;
};

// SmoothQuant (Xiao et al. 2023, "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language
// Models"): s_k = max|x_k|^alpha / max|w_k|^(1 - alpha) moves what is large in few inputs into the weights. A few
// alphas and none are tried, each with ranges at the peak and searched ones, by the very kernels that will run;
// smoothing must lower the squared error by a tenth at least, because it costs time. `seen` may be null: then ranges
// follow from the weights alone.
ProductPlan plan_product(std::span<const float> weights, const ProductInputs* seen, std::size_t inputs,
                         const PlanOptions& options);

// weights [outputs, inputs] divided by smooth [inputs]; as they are where that is empty.
std::vector<float> smoothed_weights(std::span<const float> weights, std::span<const float> smooth);

// 10 log10(signal / noise) of sums of squares; infinity without noise, 0 without signal.
double decibel(double signal, double noise);

}  // namespace tenor::compress
