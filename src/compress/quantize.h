// A float encoder bundle -> an INT8 one.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/bundle_writer.h"

namespace tenor::compress {

struct QuantizeOptions {
  std::string expert;         // name; the only encoder of the bundle where empty
  bool search_ranges = true;  // clip an output's largest weights where that lowers its squared error
  bool words = true;          // the word table too, a scale a row
};

// How well a matrix survived.
struct MatrixReport {
  std::string name;           // "layers.0.qkv"
  std::size_t rows = 0;       // outputs
  double exact_share = 0;     // of the weights: rounded by less than 1e-6 of their row's range
  double snr_db = 0;          // 10 log10(sum of squares / sum of squared errors)
  std::size_t worst_row = 0;  // the one of the lowest ratio
  double worst_snr_db = 0;
  std::size_t clipped_rows = 0;
};

struct QuantizedBundle {
  bundle::BundleWriter writer;
  std::vector<MatrixReport> matrices;
};

// Largest magnitude that becomes 127, for a row of weights: the one of a few candidates from the row's peak downwards
// with the least squared error. Choukroun et al. 2019 ("Low-bit Quantization of Neural Networks for Efficient
// Inference") minimise the same.
float best_range(std::span<const float> row);

// All products become int8 with a scale an output; biases, normalisations, positions, pooler and head stay as they are.
// Errors: not_found (no such expert), invalid_argument (not an encoder, or int8 already), and those of reading it.
Result<QuantizedBundle> quantize(const bundle::Bundle& bundle, const QuantizeOptions& options = {});

// The reports as a table for people.
std::string report_text(std::span<const MatrixReport> matrices);

}  // namespace tenor::compress
