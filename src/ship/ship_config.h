// What `tenor-train ship` is told: one YAML file, its fields listed once in ship_config.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "ship/acceptance.h"
#include "ship/dev_rows.h"
#include "ship/fuse_run.h"
#include "ship/gate_fit.h"
#include "ship/gate_rows.h"

namespace tenor::ship {

struct ShipConfig {
  std::vector<std::string> runs;       // folders of trained models, each an expert: encoder, encoder_2, ...
  std::vector<std::string> run_names;  // of those experts; empty: the names above
  // Bundles whose encoders are added as they are, or FOLDER#EXPERT: one of them alone.
  std::vector<std::string> encoders;
  std::string linear;  // bundle whose linear experts are added; empty: none
  // Files of rows, relative to the data folder.
  DevSource dev;
  std::vector<std::string> calibrate;
  std::uint64_t calibrate_rows = 512;
  std::vector<std::string> test;       // files for the card; nothing is chosen on them
  std::vector<std::string> behaviour;  // files of behaviour cases for the card, as they stand
  bool gated = true;                   // a gate is fitted
  GateOptions gate;
  GateTexts gate_texts;
  BundleNames names;
  // Text for the card, Markdown.
  std::string data, recipe, intended_use, limits;
  Acceptance accept;
};

// Errors (invalid_argument) name the file, line and field.
Result<ShipConfig> load_ship_config(const std::string& path);

// The configuration with all files of rows inside of `folder`.
ShipConfig with_data_folder(ShipConfig config, const std::string& folder);

// Every field with its meaning, for --explain-config.
std::string describe_ship_config();

}  // namespace tenor::ship
