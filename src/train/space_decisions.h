// Margins of development rows -> calibration, decision offsets and a report.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "train/linear_config.h"
#include "train/linear_margins.h"
#include "train/training_rows.h"

namespace tenor::train {

// What turns margins into decisions, in the shapes of experts::tensor_names.
struct SpaceDecisions {
  std::vector<float> calibration_scale;  // [columns]
  std::vector<float> calibration_bias;   // [columns]
  std::vector<float> offsets;            // [outputs]
};

// `margins` are [dev rows, columns]. Errors: those of eval::fit_calibration, with the task's name.
Result<SpaceDecisions> fit_decisions(const TrainingRows& rows, const SpaceConfig& space,
                                     std::span<const float> margins);

// The mean of the experts' calibrated probabilities on dev rows of one task: [rows, labels].
std::vector<float> fused_probabilities(const TrainingRows& rows, const SpaceDecisions& decisions,
                                       std::span<const float> margins, std::size_t task);

// The fused decisions on dev rows of one task, as places in its labels.
std::vector<std::int8_t> dev_decisions(const TrainingRows& rows, const SpaceDecisions& decisions,
                                       std::span<const float> margins, std::size_t task);

// Macro-F1 of the fused answers on dev, by task and source; two-class rows decide between positive and negative.
std::map<std::string, double> dev_scores(const TrainingRows& rows, const SpaceConfig& space,
                                         const SpaceDecisions& decisions, std::span<const float> margins);

// For choosing C: macro-F1 of one expert's larger margin, averaged over dev sources and tasks.
double mean_dev_score(const TrainingRows& rows, const SpaceConfig& space, std::span<const float> margins,
                      std::size_t expert);

}  // namespace tenor::train
