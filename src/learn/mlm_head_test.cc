#include "learn/mlm_head.h"

#include <gtest/gtest.h>

#include <cmath>

#include "learn/test_models.h"

namespace tenor::learn {
namespace {

using torch::Tensor;

const std::vector<TaskInfo> kMaskedTasks = {{"overall", false, {"positive", "neutral", "negative"}, 0}};

class MlmHead : public ::testing::Test {
 protected:
  MlmHead() : config_(with_head(testing::toy_config(), kMaskedTasks)) {
    add_initialised(encoder_shapes(config_), 7, parameters_);
    add_initialised(head_shapes(config_), 7, parameters_);
    add_initialised(mlm_head_shapes(config_), 7, parameters_);
    testing::sharpen(parameters_);
    Example example;
    example.ids = {2, 5, 11, 12, 8, 13, 14, 3};
    example.labels = {0};
    examples_ = {example};
    options_.compute = torch::kFloat;
    options_.dropout = 0;
    mlm_.weight = 0.4;
    mlm_.epochs = 2;
    mlm_.mask.rate = 0.5;
    mlm_.mask.mask_id = 4;
    mlm_.mask.vocabulary = testing::kToyTokens;
    mlm_.continues.assign(testing::kToyTokens, 0);
  }

  MicroBatchLoss compute(std::uint64_t epoch) const {
    Finetuning objective(config_, options_, kMaskedTasks, examples_);
    objective.add_mlm(mlm_);
    objective.begin_epoch(epoch);
    Random random(1);
    return objective.loss(parameters_, epoch, 0, random);
  }

  experts::EncoderConfig config_;
  Parameters parameters_;
  std::vector<Example> examples_;
  FinetuningOptions options_;
  MlmAuxiliary mlm_;
};

TEST_F(MlmHead, GuessesByTheWordTable) {
  const auto states =
      encoder_forward(config_, parameters_, testing::toy_grid({examples_[0].ids}), {torch::kFloat, 0, nullptr, false})
          .states;
  const Masked masked{{2, 5}, {11, 13}};
  const MaskedGuess guess = guess_masked(config_, parameters_, states, masked, torch::kFloat);
  EXPECT_EQ(guess.logits.sizes(), (std::vector<std::int64_t>{2, static_cast<std::int64_t>(testing::kToyTokens)}));
  const Tensor logs = torch::log_softmax(guess.logits, -1);
  EXPECT_NEAR(guess.loss.item<double>(), -(logs[0][11] + logs[1][13]).item<double>() / 2, 1e-5);
}

TEST_F(MlmHead, BesideTheTasksFadesInAStraightLine) {
  const MicroBatchLoss first = compute(0), second = compute(1), third = compute(2);
  EXPECT_EQ(third.metrics.count("mlm"), 0u);
  const double plain = third.loss.item<double>();
  const double mlm = first.metrics.at("mlm").value;
  EXPECT_GT(mlm, 0.1);
  EXPECT_NEAR(first.loss.item<double>(), plain + 0.4 * mlm, 1e-5);
  EXPECT_NEAR(second.loss.item<double>(), plain + 0.2 * second.metrics.at("mlm").value, 1e-5);
  mlm_.weight = 0;
  EXPECT_NEAR(compute(0).loss.item<double>(), plain, 1e-6);
}

TEST_F(MlmHead, PassesOverTextsWithNothingToGuess) {
  examples_[0].ids = {2, 1, 1, 3};
  EXPECT_TRUE(std::isfinite(compute(0).loss.item<double>()));
}

}  // namespace
}  // namespace tenor::learn
