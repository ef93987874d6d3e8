// Flags that say how labelled rows are read, the same for every command that reads them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"

namespace CLI {
class App;
}

namespace tenor::train_cli {

// --text-column, --label-column, --label-codes, --aspect-column, --skip-bad-rows.
struct DatasetFlags {
  data::DatasetOptions options;
  std::string label_codes = "automatic";
  std::vector<std::string> aspect_columns;  // COLUMN=ASPECT
};

// `flags` must outlive the parsing.
void add_dataset_flags(CLI::App& command, DatasetFlags& flags);

// What the flags say. Error: invalid_argument for an --aspect-column without "=".
Result<data::DatasetOptions> dataset_options(const DatasetFlags& flags);

// " and N more" rows are not listed one by one: the bad rows left out, for people.
std::string describe_bad_rows(const data::Dataset& dataset);

}  // namespace tenor::train_cli
