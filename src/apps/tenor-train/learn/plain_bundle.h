// A bundle straight from fine-tuning, for those who want to serve it at once.
#pragma once

#include <string>

#include "base/result.h"

namespace tenor::train_cli {

// Writes RUN/bundle: the trained model's encoder as INT8, ranges chosen by the weights alone, not calibrated; its card
// says so. `tenor-train ship` makes the bundle for others. Errors: of the run, of writing.
Status write_plain_bundle(const std::string& run);

}  // namespace tenor::train_cli
