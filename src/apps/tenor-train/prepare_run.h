// What `tenor-train prepare` does once its command line is understood.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/augment.h"
#include "data/dataset.h"
#include "data/deduplicate.h"
#include "data/split.h"

namespace tenor::train_cli {

struct PrepareArguments {
  std::vector<std::string> files;
  std::string out;                   // folder
  std::string drop;                  // file; empty: none
  double drop_margin = 0;            // entries with a margin above it are passed over
  std::vector<std::string> without;  // files whose texts are left out
  bool keep_duplicates = false;
  data::DeduplicateOptions deduplicate;
  std::optional<data::SplitFractions> split;
  std::size_t augment = 0;  // copies of each training row
  data::AugmentRates rates;
  std::string synonyms;  // file; empty: none
  std::uint64_t seed = 42;
  data::DatasetOptions dataset;
  bool quiet = false;
};

// Reads, drops, leaves out, deduplicates, splits, augments, and publishes a folder with rows.jsonl (or train, dev and
// test) and report.json. Nothing is written where this fails. invalid_argument: something is in the way of the folder.
Status prepare(const PrepareArguments& arguments);

}  // namespace tenor::train_cli
