// What linear experts say about training rows that they were not trained on.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/result.h"
#include "train/linear_trainer.h"
#include "train/training_rows.h"

namespace tenor::train {

struct OutOfFold {
  RowSet rows;  // all training rows of the space
  std::vector<LinearTask> tasks;
  std::vector<std::vector<float>> probabilities;  // [tasks] of [rows, labels]: fused and calibrated
};

// Cuts the space's training rows into folds by content (duplicates stay together) and answers each fold by experts
// trained on the others. Of the configuration everything but dev files, two_class_dev_share and balance counts; the
// calibration of a fold (a handful of numbers) is fitted on the fold itself, and so is C where there are several
// candidates. folds: 2 to 100. Errors: those of train_space; invalid_argument for folds out of range.
Result<OutOfFold> answer_out_of_fold(const LinearConfig& config, const SpaceConfig& space, std::size_t folds,
                                     const TrainContext& context);

}  // namespace tenor::train
