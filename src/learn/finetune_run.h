// `tenor-train finetune`: a pretrained body and labelled rows in, a trained model out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/examples.h"
#include "learn/finetuning.h"
#include "learn/loop_config.h"
#include "learn/pretrain_run.h"

namespace tenor::learn {

struct FinetuneConfig {
  std::string name;
  std::string version = "1.0.0";
  std::string description;
  std::string license;
  std::vector<std::string> languages;
  std::uint64_t seed = 42;
  std::uint64_t split_seed = 42;  // of rows that are held out: the same for all seeds of an ensemble
  std::string body;               // folder of a pretrained body
  std::size_t layers = 0;         // of the model; more than the body's: its layers are repeated from the top (stacking,
                                  // Gong et al. 2019); 0: as many as the body
  Reading reading;
  std::vector<ExampleSpace> spaces;
  FinetuningOptions objective;
  double mlm_weight = 0;   // of guessing masked tokens beside the tasks at the first step, see MlmAuxiliary
  double mlm_share = 0.3;  // of the steps, over which it falls to zero
  TrainingConfig training;
  std::string settings;                 // settings_of() the file
  std::vector<std::string> teachers;    // bundles whose fused answers are learnt from
  std::vector<std::string> unlabelled;  // files of texts that only the teachers label
  std::size_t unlabelled_limit = 0;     // texts; 0: all
  bool teach_labelled = true;           // else the teachers are asked about unlabelled texts alone
};

Result<FinetuneConfig> load_finetune_config(const std::string& path);
std::string describe_finetune_config();

// Logarithms of the teachers' probabilities for every example, [examples, outputs], NaN where they do not answer;
// nothing where should_stop, which may be empty, said so before they had answered all.
using Teacher = std::function<Result<std::optional<std::vector<float>>>(
    std::span<const TaskInfo> tasks, std::span<const Example> examples, const std::function<bool()>& should_stop)>;

// A trained model in memory, or on disk: model.safetensors, model.json, vocab.txt.
struct TrainedModel {
  experts::EncoderConfig config;
  std::vector<TaskInfo> tasks;
  std::string vocab_txt;
  Reading reading;
  std::vector<std::string> languages;
  std::string name, version, description, license;
  std::string fingerprint;  // of the training rows
  Parameters parameters;
};
Status save_model(const std::string& folder, const TrainedModel& model);
Result<TrainedModel> load_model(const std::string& folder);

struct FinetuneContext {
  RunContext run;
  train::RowSource rows;
  Teacher teacher;  // needed where the configuration names teachers
};

// Leaves the model in context.run.out; goes on from a checkpoint there. False: stopped before the end.
Result<bool> finetune(const FinetuneConfig& config, const FinetuneContext& context);

}  // namespace tenor::learn
