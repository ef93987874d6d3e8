// Reports as JSON (for files) and as aligned plain text (for people).
#pragma once

#include <string>

#include "eval/aspect_report.h"
#include "eval/classification_report.h"

namespace tenor::eval {

// One JSON object without a line end. Undefined numbers are null; shares are 0..1.
std::string to_json(const ClassificationReport& report);
std::string to_json(const AspectReport& report);

// A score as tables show it: "0.6312".
std::string four_digits(double score);

// Lines of plain text, each ended by a line feed.
std::string to_table(const ClassificationReport& report);
std::string to_table(const AspectReport& report);

}  // namespace tenor::eval
