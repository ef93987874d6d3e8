// Trained linear experts -> a bundle on disk.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle_writer.h"
#include "train/linear_trainer.h"

namespace tenor::ship {

struct LinearBundleInput {
  const train::LinearConfig& config;
  const std::vector<train::TrainedSpace>& spaces;  // as in the configuration
  std::string config_text;                         // the YAML file, kept in the bundle's provenance
  std::string command;                             // how to make the bundle again
};

// Manifest and tensors, without the model card. Equal input gives equal bytes. Error: invalid_argument (no space has
// the overall task).
Result<bundle::BundleWriter> make_linear_bundle(const LinearBundleInput& input);

}  // namespace tenor::ship
