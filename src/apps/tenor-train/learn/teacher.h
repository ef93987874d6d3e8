// Bundles as teachers: their fused answers by the real engine.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "learn/finetune_run.h"

namespace tenor::train_cli {

// Averages the bundles' probabilities task by task. A bundle that lacks a task is not asked for it; a task that none
// has keeps equal probabilities. Errors: of opening; invalid_argument where no bundle has any of the tasks, or labels
// of a task differ.
Result<learn::Teacher> open_teacher(const std::vector<std::string>& bundles, bool progress);

}  // namespace tenor::train_cli
