// A run's metrics.jsonl as a picture: losses and dev scores against steps.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenor::learn {

struct CurvePoint {
  std::uint64_t step = 0;
  double value = 0;  // finite
};

// Points by name, in the order of the file.
struct TrainingCurves {
  std::map<std::string, std::vector<CurvePoint>> losses;  // "loss" and its parts
  std::map<std::string, std::vector<CurvePoint>> scores;  // of evaluations, without "dev_"
};

// Lines of metrics_log.h. A line that is none of them, and a number that is not finite, is passed over.
TrainingCurves parse_metrics(std::string_view jsonl);

// A pure function: an SVG of one panel for losses and one for scores, as far as there are any, with axes, numbers and a
// legend that names the last value of each curve. Readable on light and dark pages alike. Curves of many points are
// drawn as means over neighbouring ones.
std::string curves_svg(std::string_view title, const TrainingCurves& curves);

// FOLDER/metrics.jsonl -> FOLDER/training-curve.svg; nothing where there is no point yet. Errors: those of files.
Status write_training_curve(const std::string& folder);

}  // namespace tenor::learn
