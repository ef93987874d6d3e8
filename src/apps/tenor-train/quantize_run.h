// What `tenor-train quantize` does once its command line is understood.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"

namespace tenor::train_cli {

struct QuantizeArguments {
  std::string bundle;
  std::string out;
  std::string expert;
  std::vector<std::string> calibrate;  // files
  std::vector<std::string> compare;    // files
  std::size_t rows = 512;              // calibration texts, drawn at random from the files
  std::vector<std::string> keep_float;
  double min_snr = 0;     // dB; 0: no product is kept for its sake
  double max_flips = -1;  // percent; below 0: no limit
  bool no_smooth = false;
  data::DatasetOptions dataset;
  std::string label_codes = "automatic";
  std::string json;  // file
  std::size_t threads = 1;
  bool quiet = false;
};

// Nothing is published where this fails; the JSON report is written all the same where the comparison was the reason.
Status quantize_and_ship(const QuantizeArguments& arguments);

}  // namespace tenor::train_cli
