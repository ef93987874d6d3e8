// Trains the linear experts of one feature space, calibrates them and fits their decision offsets.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "experts/feature_settings.h"
#include "text/dictionary.h"
#include "train/int8_rows.h"
#include "train/linear_config.h"
#include "train/space_decisions.h"
#include "train/training_rows.h"

namespace tenor::train {

// What the training found out, for the model card and the user.
struct SpaceReport {
  std::size_t train_rows = 0;
  std::size_t dev_rows = 0;
  std::string train_fingerprint;  // of the files' rows
  std::string dev_fingerprint;
  std::map<LinearKind, double> costs;        // chosen C
  std::map<std::string, double> dev_scores;  // macro-F1 of the fused answer by task and dev source
  std::size_t int8_flips = 0;                // dev decisions (rows x tasks) that rounding to int8 changes
  std::size_t dev_decisions = 0;
};

// Everything of a space that a bundle stores; shapes as in experts::tensor_names.
struct TrainedSpace {
  experts::SpaceSettings settings;
  std::vector<LinearTask> tasks;
  text::DictionaryTables dictionary;
  std::vector<std::uint16_t> idf;
  std::vector<float> weights;  // [features, columns]
  Int8Rows int8;               // the same rounded; empty for float32 models
  std::vector<float> bias;     // [columns]
  SpaceDecisions decisions;
  std::vector<std::vector<float>> dev_probabilities;  // [tasks] of [dev rows, labels]: the fused answers, not stored
  SpaceReport report;
  data::Dataset dev;  // the rows that train_space() calibrated on, not stored; empty of train_rows()
};

struct TrainContext {
  RowSource rows;
  std::function<void(const std::string&)> say;  // one line about what was done
};

// Deterministic: the same configuration and data give the same numbers. Errors: those of load_training_rows and
// fit_decisions; invalid_argument from the solver.
Result<TrainedSpace> train_space(const LinearConfig& config, const SpaceConfig& space, const TrainContext& context);

// The same on rows that are there already, of which dev is what is calibrated on.
Result<TrainedSpace> train_rows(const LinearConfig& config, const SpaceConfig& space, const TrainingRows& rows,
                                const TrainContext& context);

}  // namespace tenor::train
