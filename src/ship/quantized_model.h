// A float encoder bundle -> an INT8 one that knows how it was made and how often it answers differently.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/draft.h"
#include "compress/quantize.h"
#include "compress/record.h"
#include "data/dataset.h"
#include "engine/engine.h"
#include "judge/comparison.h"
#include "ship/watch.h"

namespace tenor::ship {

// A random sample of the files' good rows, the same for the same files.
struct CalibrationTexts {
  std::vector<std::string> texts;
  std::vector<std::string> files;  // their names, without folders
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
};

// Errors: those of reading the files. Bad rows are left out and counted.
Result<CalibrationTexts> draw_calibration_texts(std::span<const std::string> files, std::size_t count,
                                                const data::RowReaderOptions& options, const Watch& watch);

struct QuantizedModel {
  compress::QuantizedBundle bundle;
  compress::QuantizationRecord record;  // for compress::add_record()
  std::vector<judge::Comparison> comparisons;
};

// Calibrates on `texts` (none: the weights alone decide; options.calibration is ignored) and quantises. Errors: those
// of compress/.
Result<QuantizedModel> quantize_model(const bundle::Bundle& floats, const CalibrationTexts& texts,
                                      compress::QuantizeOptions options, const Watch& watch);

// The float and the INT8 model side by side in the real engine.
class PrecisionComparison {
 public:
  static Result<PrecisionComparison> open(const bundle::Bundle& floats, const QuantizedModel& model);

  // Asks both about the rows and adds the result to `model`. `name`: of the rows. Errors: those of judge/.
  Status add(const std::string& name, data::Dataset dataset, std::size_t threads, const Watch& watch,
             QuantizedModel& model) const;

 private:
  PrecisionComparison(bundle::DraftBundle draft, engine::Engine floats, engine::Engine int8)
      : draft_(std::move(draft)), floats_(std::move(floats)), int8_(std::move(int8)) {}

  bundle::DraftBundle draft_;
  engine::Engine floats_, int8_;
};

}  // namespace tenor::ship
