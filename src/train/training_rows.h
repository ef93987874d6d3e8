// The rows of one feature space as its trainer sees them: texts, labels by task, which sources know no neutral.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "train/linear_config.h"

namespace tenor::train {

// What a task asks and which labels its training rows have (in tenor's order).
struct LinearTask {
  std::string name;
  std::vector<std::int8_t> labels;  // data::kPositive, ...

  // Place of a label in `labels`.
  std::optional<std::size_t> place_of(std::int8_t label) const;
};

struct RowSet {
  data::Dataset dataset;
  std::vector<std::uint8_t> two_class;           // [rows]
  std::vector<std::vector<std::int8_t>> labels;  // [tasks][rows]: place in LinearTask::labels, or -1
};

struct TrainingRows {
  RowSet train;
  RowSet dev;
  std::vector<LinearTask> tasks;
};

struct RowSource {
  std::string data_folder;  // files of the configuration are relative to it
  data::DatasetOptions dataset;
  std::uint64_t seed = 0;
  bool progress = true;
};

// Reads, moves the dev share of the two-class sources to dev, adds rows made by rule, balances, and names the tasks.
// Errors: those of load_dataset; invalid_argument where there is no task or one has training rows of fewer than two
// labels.
Result<TrainingRows> load_training_rows(const SpaceConfig& space, const RowSource& source);

}  // namespace tenor::train
