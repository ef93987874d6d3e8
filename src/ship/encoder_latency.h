// How long an encoder takes on texts of ordinary length, and on long ones.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "data/dataset.h"

namespace tenor::ship {

struct EncoderLatency {
  std::string expert;
  double quantile = 0.5;       // of the texts' lengths: 0.5 and 0.9
  std::size_t texts = 0;       // that were timed: those nearest to that length
  std::size_t characters = 0;  // that length, in code points
  std::size_t tokens = 0;      // median of what the encoder read of them
  double milliseconds = 0;     // median over the texts
};

// Times tokenizer and encoder of every encoder of the bundle alone, in the calling thread, on texts of median length
// and on long ones. Each text counts with the fastest of several passes, so that what else the machine does says
// little. Errors: those of opening the encoders; invalid_argument (no rows).
Result<std::vector<EncoderLatency>> time_encoders(const bundle::Bundle& bundle, const data::Dataset& rows);

}  // namespace tenor::ship
