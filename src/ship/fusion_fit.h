// Experts' answers to development rows -> encoders' calibration, how much each expert counts, decision offsets, and
// how good each is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "gate/task_fusion.h"
#include "ship/expert_answers.h"
#include "train/decision_offsets.h"

namespace tenor::ship {

struct FusionOptions {
  double calibration_l2 = 1e-3;  // of eval::fit_calibration
  // Of each row of a source without neutral; 0: so that these rows together weigh as much as the others.
  double two_class_weight = 0;
  double prior_strength =
      10;  // of tasks' weights and temperatures to those of all aspects together (eval::MixturePrior)
  train::OffsetOptions offsets = {.limit = 1, .penalty = 0.01, .accuracy = 1};  // of aspects; overall there are none
  std::size_t folds = 5;  // of cross-validation, which offsets must pass
};

// A scale and a bias for an expert's logits of one task: temperature scaling with a bias a label.
struct TaskCalibration {
  float scale = 1;
  std::vector<float> bias;  // [labels]
};

// On the labelled rows; two-class rows judge positive against negative alone. Unweighted.
struct FusionScores {
  double log_loss = 0;
  double ece = 0;
  double macro_f1 = 0;  // aspects: not_mentioned counted as neutral
  double accuracy = 0;
};

struct FittedTask {
  std::string task;
  std::size_t labelled = 0;
  std::vector<std::string> experts;
  std::map<std::string, TaskCalibration> calibrations;  // of the experts asked for
  std::optional<gate::TaskFusion> fusion;               // nothing where no row is labelled
  double offset_gain = 0;                   // of macro-F1 + accuracy, in cross-validation; offsets are 0 unless above 0
  std::vector<FusionScores> expert_scores;  // after calibration
  FusionScores average;                     // of the experts with equal weights and without offsets
  FusionScores fused;
};

// Offsets [labels] of a task's fused probabilities [rows, labels] that earn something on rows they were not fitted on;
// else `offsets` stays as it is. Returns the gain there, of macro-F1 + accuracy.
double choose_offsets(const TaskAnswers& task, const std::vector<float>& fused, const FusionOptions& options,
                      std::vector<float>& offsets);

// Calibrates the experts named in `uncalibrated` (their probabilities in `tasks` are replaced), then fits each task.
// two_class [rows]: 1 for rows whose source knows no neutral. Deterministic. Errors: those of eval/, with the task.
Result<std::vector<FittedTask>> fit_fusion(std::vector<TaskAnswers>& tasks, std::span<const std::uint8_t> two_class,
                                           std::span<const std::string> uncalibrated, const FusionOptions& options);

// Whether `found`, answers of the fused bundle, are those that were fitted: probabilities up to 1e-4, and labels where
// no other is within 1e-3 of the best. Error (corrupt): the first row that differs.
Status check_fused(std::span<const TaskAnswers> expected, std::span<const FittedTask> fitted,
                   std::span<const TaskAnswers> found);

}  // namespace tenor::ship
