// What `tenor-train noise` does once its command line is understood.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"

namespace tenor::train_cli {

struct NoiseArguments {
  std::string config;
  std::string data = ".";
  std::string out;     // JSON lines of suspicious rows
  std::string report;  // JSON; empty: none
  std::size_t folds = 5;
  std::vector<std::string> spaces;  // names; empty: all of the configuration
  data::DatasetOptions dataset;
  bool quiet = false;
};

// Nothing is written where this fails. Error invalid_argument where the arguments make no sense: a training file named
// test..., a space that the configuration does not have.
Status find_noise(const NoiseArguments& arguments);

}  // namespace tenor::train_cli
