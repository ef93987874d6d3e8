// What quantisation did, for people and for programs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "bundle/json_object.h"

namespace tenor::compress {

// How well a matrix survived.
struct MatrixReport {
  std::string name;           // "layers.0.qkv", "embeddings.word"
  bool kept_float = false;    // not rounded: what follows is what rounding would have done
  std::size_t rows = 0;       // outputs
  double exact_share = 0;     // of the weights: rounded by less than 1e-6 of their row's range
  double snr_db = 0;          // of the weights: 10 log10(sum of squares / sum of squared errors)
  std::size_t worst_row = 0;  // the output of the lowest ratio
  double worst_snr_db = 0;
  std::size_t clipped_rows = 0;
  std::optional<double> smoothing;            // strength alpha where inputs are smoothed
  std::optional<double> output_snr_db;        // on calibration rows: of the product's outputs
  std::optional<double> plain_output_snr_db;  // the same with plain rounding: neither clipped nor smoothed
};

// How well `weights` [rows, inputs] survive rounding with these ranges; fills all but the fields of calibration.
MatrixReport judge_rounding(const std::string& name, std::span<const float> weights, std::size_t inputs,
                            std::span<const float> ranges);

// The reports as a table for people, and as a table in Markdown.
std::string report_text(std::span<const MatrixReport> matrices);
std::string report_markdown(std::span<const MatrixReport> matrices);

// {"name", "float", "rows", "exact_share", "snr_db", "worst_row", "worst_row_snr_db", "clipped_rows", "smoothing",
// "output_snr_db", "plain_output_snr_db"}; what is not known is absent, what is infinite null.
bundle::JsonObject report_json(const MatrixReport& matrix);

}  // namespace tenor::compress
