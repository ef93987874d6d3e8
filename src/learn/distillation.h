// Learning from inside a teacher: its embeddings, states and attention (Jiao et al. 2020, TinyBERT). What it predicts
// is learnt by Finetuning, from its answers.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <vector>

#include "experts/encoder_config.h"
#include "learn/batch_plan.h"
#include "learn/encoder_forward.h"
#include "learn/objective.h"

namespace tenor::learn {

inline constexpr const char* kDistillPrefix = "distill.";

struct DistillationOptions {
  BatchOptions batches;
  torch::ScalarType compute = torch::kBFloat16;
  double dropout = 0;  // of the student
  std::uint64_t seed = 42;
  double embedding_weight = 1;  // of the squared difference of the embeddings' outputs
  double hidden_weight = 1;     // of the states after each layer of the student, summed over its layers
  double attention_weight = 1;  // of the attention scores before softmax, likewise
  // [student's layers]: the teacher's layer that each learns from, counted from 1; empty: uniform_layer_map().
  std::vector<std::size_t> layer_map;
};

// The last of the student's layers learns from the last of the teacher's, the others are spread evenly.
std::vector<std::size_t> uniform_layer_map(std::size_t student, std::size_t teacher);

// Whether they can be distilled: the same vocabulary, and a map that fits. Errors: invalid_argument, with the reason.
Status check_pair(const experts::EncoderConfig& teacher, const experts::EncoderConfig& student,
                  const DistillationOptions& options);

// [teacher's width, student's width] where the widths differ, one for embeddings and one that all layers share: the
// student's states times it stand beside the teacher's. Only training needs them.
std::vector<ParameterShape> projection_shapes(const experts::EncoderConfig& teacher,
                                              const experts::EncoderConfig& student);

// An encoder to learn from. Both outlive who reads it; the parameters are on the device of the student's.
struct DistillationTeacher {
  const experts::EncoderConfig& config;
  const Parameters& parameters;
};

// Mean squared differences: a token's states count over its numbers, an attention score for each pair of tokens, heads
// averaged where their number differs; padding never counts. The texts' ids must outlive it. check_pair() has said yes.
class Distillation final : public Objective {
 public:
  Distillation(const DistillationTeacher& teacher, const experts::EncoderConfig& student,
               const DistillationOptions& options, std::vector<std::span<const std::uint16_t>> texts);

  std::size_t micro_batches(std::uint64_t epoch) const override;
  void begin_epoch(std::uint64_t epoch) override;
  MicroBatchLoss loss(const Parameters& parameters, std::uint64_t epoch, std::size_t number,
                      Random& random) const override;

 private:
  DistillationTeacher teacher_;
  experts::EncoderConfig student_;
  DistillationOptions options_;
  std::vector<std::span<const std::uint16_t>> texts_;
  std::vector<std::uint32_t> lengths_;
  std::vector<std::vector<std::uint32_t>> plan_;
};

}  // namespace tenor::learn
