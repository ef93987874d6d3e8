// Learning a language from texts without labels: masked language modelling and replaced-token detection.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "experts/encoder_config.h"
#include "learn/batch_plan.h"
#include "learn/corpus.h"
#include "learn/encoder_forward.h"
#include "learn/grids.h"
#include "learn/masking.h"
#include "learn/mlm_head.h"
#include "learn/objective.h"

namespace tenor::learn {

enum class PretrainingMethod {
  mlm,  // guess the masked tokens (Devlin et al. 2019)
  rtd,  // tell which tokens a small generator has replaced (ELECTRA, Clark et al. 2020); the generator learns by mlm
};
std::optional<PretrainingMethod> parse_pretraining_method(std::string_view name);

struct PretrainingOptions {
  PretrainingMethod method = PretrainingMethod::mlm;
  MaskOptions mask;
  BatchOptions batches;
  torch::ScalarType compute = torch::kBFloat16;
  double dropout = 0;
  bool checkpoint_layers = false;
  std::uint64_t seed = 42;
  std::size_t generator_layers = 2;
  std::size_t generator_ffn = 512;
  double rtd_weight = 50;
};

// Body of the encoder, heads and, for rtd, generator. The body comes first, in the order of encoder_shapes().
Parameters pretraining_parameters(const experts::EncoderConfig& config, const PretrainingOptions& options);

// The corpus must outlive it. `continues` [vocabulary]: tokens that go on with a word.
class Pretraining final : public Objective {
 public:
  Pretraining(const experts::EncoderConfig& config, const PretrainingOptions& options, const Corpus& corpus,
              std::vector<std::uint8_t> continues);

  std::size_t micro_batches(std::uint64_t epoch) const override;
  void begin_epoch(std::uint64_t epoch) override;
  MicroBatchLoss loss(const Parameters& parameters, std::uint64_t epoch, std::size_t number,
                      Random& random) const override;
  // Tokens of an epoch, and its micro-batches: for plans.
  std::size_t epoch_tokens() const { return corpus_.tokens(); }

 private:
  torch::Tensor detect(const Parameters& parameters, const HostGrid& original, const Masked& masked,
                       const torch::Tensor& sampled, MicroBatchLoss& out) const;

  experts::EncoderConfig config_;
  experts::EncoderConfig generator_;
  PretrainingOptions options_;
  const Corpus& corpus_;
  std::vector<std::uint8_t> continues_;
  std::uint64_t epoch_ = 0;
  std::vector<std::vector<std::uint32_t>> plan_;
};

}  // namespace tenor::learn
