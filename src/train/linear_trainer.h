// Trains the linear experts of one feature space, calibrates them and fits their decision offsets.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "experts/feature_settings.h"
#include "text/dictionary.h"
#include "train/int8_rows.h"
#include "train/linear_config.h"

namespace tenor::train {

inline constexpr LinearKind kLinearKinds[] = {LinearKind::logistic_regression, LinearKind::linear_svm};

// What a task asks and which labels its training rows have (in tenor's order).
struct LinearTask {
  std::string name;
  std::vector<std::int8_t> labels;  // data::kPositive, ...
};

// What the training found out, for the model card and the user.
struct SpaceReport {
  std::size_t train_rows = 0;
  std::size_t dev_rows = 0;
  std::string train_fingerprint;
  std::string dev_fingerprint;
  std::map<LinearKind, double> costs;        // chosen C
  std::map<std::string, double> dev_scores;  // macro-F1 of the fused answer by dev source; "merged_macro_f1", ...
  std::size_t int8_flips = 0;                // dev decisions (rows x tasks) that rounding to int8 changes
  std::size_t dev_decisions = 0;
};

// Everything of a space that a bundle stores; shapes as in experts::tensor_names.
struct TrainedSpace {
  experts::SpaceSettings settings;
  std::vector<LinearTask> tasks;
  text::DictionaryTables dictionary;
  std::vector<std::uint16_t> idf;
  std::vector<float> weights;  // [features, columns], as trained
  Int8Rows int8;               // the same rounded; empty for float32 models
  std::vector<float> bias;
  std::vector<float> calibration_scale;
  std::vector<float> calibration_bias;
  std::vector<float> offsets;
  SpaceReport report;
};

struct TrainContext {
  std::string data_folder;  // files of the configuration are relative to it
  bool skip_bad_rows = false;
  data::DatasetOptions dataset;  // column names and codes
  bool progress = true;
  std::function<void(const std::string&)> say;  // one line about what was done
};

// Deterministic: the same configuration and data give the same numbers. Errors: those of load_dataset; invalid_argument
// where a task has fewer than two labels.
Result<TrainedSpace> train_space(const LinearConfig& config, const SpaceConfig& space, const TrainContext& context);

}  // namespace tenor::train
