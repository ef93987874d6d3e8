// `tenor-train distill`: a teacher in, a smaller model that learnt from it out.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "learn/distillation.h"
#include "learn/finetune_run.h"
#include "learn/loop_config.h"

namespace tenor::learn {

// The two stages of Jiao et al. 2020.
enum class DistillStage {
  general,  // from a pretrained body, on texts without labels: embeddings, states and attention; leaves a body
  task,     // from a fine-tuned model, on labelled and other texts: the same, then its answers; leaves a model
};

struct DistillConfig {
  std::string name;
  std::string version = "1.0.0";
  std::string description;
  std::string license;                 // empty: the teacher's
  std::vector<std::string> languages;  // empty: the teacher's
  std::uint64_t seed = 42;
  DistillStage stage = DistillStage::task;
  std::string teacher;  // folder: general: of a body; task: of a model
  std::string student;  // folder of the body to start from; empty: random weights of `shape`
  ShapeConfig shape;
  std::size_t max_tokens = 0;        // of a text; 0: task: as the teacher reads; general: 128
  std::vector<std::string> texts;    // files of texts without labels
  std::size_t texts_limit = 0;       // task: of those; 0: all
  std::vector<ExampleSpace> spaces;  // task: labelled rows; may be empty where there are texts
  DistillationOptions inside;        // weights all 0: that step is left out
  FinetuningOptions answers;         // soft_weight and temperature say how much the teacher counts
  TrainingConfig intermediate;       // the loop of the first step
  TrainingConfig prediction;         // task: of the second
};

Result<DistillConfig> load_distill_config(const std::string& path);
std::string describe_distill_config();

// Leaves in context.run.out what pretrain() (general) or finetune() (task) does; goes on from checkpoints there. False:
// stopped before the end. context.teacher is not asked. Errors: of the configuration, files and training; refused
// (invalid_argument) where teacher and student differ in vocabulary, or the rows' tasks are not the teacher's.
Result<bool> distill(const DistillConfig& config, const FinetuneContext& context);

}  // namespace tenor::learn
