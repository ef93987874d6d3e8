// Learning tasks from labels and from a teacher's answers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "experts/encoder_config.h"
#include "learn/batch_plan.h"
#include "learn/encoder_forward.h"
#include "learn/examples.h"
#include "learn/grids.h"
#include "learn/masking.h"
#include "learn/objective.h"
#include "learn/train_loop.h"

namespace tenor::learn {

struct FinetuningOptions {
  BatchOptions batches;
  torch::ScalarType compute = torch::kBFloat16;
  double dropout = 0.1;
  bool checkpoint_layers = false;
  std::uint64_t seed = 42;
  double aspect_weight = 1;  // of an aspect's loss beside the overall task's; summed over a text's labelled aspects
  double label_smoothing = 0;
  double focal_gamma = 0;  // (1 - p)^gamma times the cross-entropy, p from the unweighted one (Lin et al. 2017)
  std::vector<double> class_weights;  // of the overall task's labels; empty: all 1
  double rdrop = 0;                   // weight of the divergence of two passes (Liang et al. 2021); 0: one pass
  double soft_weight = 0;             // share of the teacher's part of the loss (Hinton et al. 2015)
  double temperature = 2;             // of teacher and student in that part, which is scaled by its square
};

// Guessing masked tokens beside the tasks, early in training.
struct MlmAuxiliary {
  double weight = 0;  // of its loss at the first step
  double epochs = 0;  // over which the weight falls to zero in a straight line
  MaskOptions mask;
  std::vector<std::uint8_t> continues;  // [vocabulary]: tokens that go on with a word
};

// The config with the pooling and head that the tasks ask for.
experts::EncoderConfig with_head(experts::EncoderConfig config, std::span<const TaskInfo> tasks);
// Queries and head, to be added to a body's parameters.
std::vector<ParameterShape> head_shapes(const experts::EncoderConfig& config);

// Logits [texts, outputs], float32. `states` [texts * length, hidden].
torch::Tensor task_logits(const experts::EncoderConfig& config, const Parameters& parameters, const TokenGrid& grid,
                          const torch::Tensor& states);

// Teacher's logarithms of probabilities, [rows, outputs], in the order of the examples; a row whose first number is NaN
// has no teacher.
using TeacherLogits = std::vector<float>;

// The examples must outlive it.
class Finetuning final : public Objective {
 public:
  Finetuning(const experts::EncoderConfig& config, const FinetuningOptions& options, std::span<const TaskInfo> tasks,
             std::span<const Example> examples, std::span<const float> teacher = {});

  // From now on; the parameters have those of mlm_head.h, too.
  void add_mlm(MlmAuxiliary mlm) { mlm_ = std::move(mlm); }

  std::size_t micro_batches(std::uint64_t epoch) const override;
  void begin_epoch(std::uint64_t epoch) override;
  MicroBatchLoss loss(const Parameters& parameters, std::uint64_t epoch, std::size_t number,
                      Random& random) const override;

 private:
  // Tasks with the same number of labels, answered together.
  struct Family {
    std::vector<std::size_t> tasks;
    std::int64_t labels = 0;
    bool aspects = false;
  };
  struct FamilyBatch {
    torch::Tensor logits;    // [texts, tasks, labels]
    torch::Tensor labelled;  // the same, without the labels that a row's source does not know
    torch::Tensor answers;   // int64 [texts * tasks], -1 where not told
    torch::Tensor weights;   // [texts * tasks], 0 where not told
    torch::Tensor teacher;   // [texts, tasks, labels] probabilities, undefined: none
    torch::Tensor taught;    // [texts * tasks], weights of the teacher's part
  };
  FamilyBatch take(const Family& family, const torch::Tensor& logits, std::span<const std::uint32_t> batch) const;
  torch::Tensor hard_loss(const Family& family, const FamilyBatch& batch) const;
  torch::Tensor soft_loss(const FamilyBatch& batch) const;
  torch::Tensor divergence(const torch::Tensor& first, const torch::Tensor& second,
                           std::span<const std::uint32_t> batch) const;
  void add_mlm_loss(const Parameters& parameters, const HostGrid& host, double weight, Random& random,
                    MicroBatchLoss& out) const;
  torch::Tensor pass(const Parameters& parameters, const TokenGrid& grid, Random& random) const;
  torch::Tensor supervised(const torch::Tensor& logits, std::span<const std::uint32_t> batch,
                           MicroBatchLoss& out) const;

  experts::EncoderConfig config_;
  FinetuningOptions options_;
  MlmAuxiliary mlm_;
  std::vector<TaskInfo> tasks_;
  std::vector<Family> families_;
  std::span<const Example> examples_;
  std::span<const float> teacher_;
  std::int64_t outputs_ = 0;
  double mean_weight_ = 1;
  // Sums are divided by this, not by the texts of the batch in hand: a batch of long texts has few of them, and every
  // text is to weigh the same.
  double texts_a_batch_ = 1;
  std::vector<std::vector<std::uint32_t>> plan_;
};

// Probabilities [examples, outputs], a softmax a task; for two-class rows over all labels all the same.
std::vector<float> predict(const experts::EncoderConfig& config, const Parameters& parameters,
                           std::span<const TaskInfo> tasks, std::span<const Example> examples,
                           torch::ScalarType compute);

// "overall_macro_f1" over rows that know three classes, "overall_two_class_accuracy", "aspects_merged_macro_f1",
// "aspects_accuracy", and "mean" of those there are.
Scores score_examples(std::span<const TaskInfo> tasks, std::span<const Example> examples,
                      std::span<const float> probabilities);

}  // namespace tenor::learn
