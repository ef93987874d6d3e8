// What every expert of a model says of every row: what a fusion is fitted on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "engine/engine.h"

namespace tenor::ship {

// One task; n rows of the dataset, k labels, e experts that score the task.
struct TaskAnswers {
  std::string task;
  bool aspect = false;
  std::vector<std::string> labels;   // [k]
  std::vector<std::string> experts;  // [e], in the manifest's order
  std::vector<float> probabilities;  // [n x e x k], calibrated; zeros of rows that the engine refused
  std::vector<float> fused;          // [n x k]
  std::vector<std::int8_t> decided;  // [n], places in labels
  std::vector<std::int8_t> gold;     // [n], places in labels; -1: unlabelled, refused, or a label of no task
};

struct AnswerOptions {
  std::size_t threads = 1;
  std::function<void(std::uint64_t rows)> progress = nullptr;  // called by the calling thread only
};

// By the engine's first model, whatever the rows' language. Gold labels are data::kLabelNames of the overall label and
// of the aspects of a task's name.
std::vector<TaskAnswers> answers_of_experts(const engine::Engine& engine, const data::Dataset& dataset,
                                            const AnswerOptions& options);

}  // namespace tenor::ship
