// What an INT8 bundle says about how it was made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/json_object.h"
#include "compress/quantize.h"

namespace tenor::compress {

struct QuantizationRecord {
  std::string command;                            // how to make the bundle again
  std::optional<bundle::JsonObject> calibration;  // what it was calibrated on
  std::vector<bundle::JsonObject> comparisons;    // float and INT8 side by side, a file each
  std::string comparison_markdown;                // the same for the card; empty: there were none
};

// Appends a section to the bundle's MODEL_CARD.md and puts "quantization" into its provenance. Error: not_found (a
// bundle without a card).
Status add_record(const QuantizationRecord& record, QuantizedBundle& bundle);

// {"command", "source_digest", "calibration", "float_layers", "smoothed", "comparisons"}; with `matrices` a list of
// report_json() too, and the bytes before and after.
bundle::JsonObject record_json(const QuantizationRecord& record, const QuantizedBundle& bundle, bool matrices);

}  // namespace tenor::compress
