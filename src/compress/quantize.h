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
#include "compress/calibration.h"
#include "compress/quantize_report.h"

namespace tenor::compress {

struct QuantizeOptions {
  std::string expert;         // name; the only encoder of the bundle where empty
  bool search_ranges = true;  // clip an output's largest weights where that lowers the squared error
  bool words = true;          // the word table too, a scale a row, and the positions in bf16
  bool smooth = true;         // where calibration shows that it helps
  // Products that stay floats: names ("layers.3.down", "embeddings.word") or what stands before a dot ("layers.3").
  std::vector<std::string> keep_float;
  double min_output_snr_db = 0;  // with calibration: products whose outputs come out worse stay floats too; 0: none
  const Calibration* calibration = nullptr;                                // null: the weights alone decide
  std::function<void(std::size_t done, std::size_t total)> progress = {};  // in products
};

struct QuantizedBundle {
  bundle::BundleWriter writer;            // complete; its card and provenance say nothing of this yet: see add_record()
  std::vector<MatrixReport> matrices;     // products in their order, then the word table
  std::vector<std::string> float_layers;  // as the manifest has them
  std::string source_digest;              // of the float bundle
  std::size_t bytes_before = 0;           // of the encoder's tensors
  std::size_t bytes_after = 0;
};

// All products become int8 with a scale an output; biases, normalisations, positions, pooler and head stay as they are,
// and so do the bundle's other experts and files. The same input gives the same bytes. Errors: not_found (no such
// expert), invalid_argument (not an encoder, int8 already, a name in keep_float that means nothing, nothing left to
// quantise), and those of reading it.
Result<QuantizedBundle> quantize(const bundle::Bundle& bundle, const QuantizeOptions& options = {});

}  // namespace tenor::compress
