#include "learn/gradient_workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "learn/pretraining.h"
#include "learn/test_models.h"

namespace tenor::learn {
namespace {

using testing::toy_config;
using testing::ToyObjective;

Corpus toy_corpus() {
  Random random(1);
  Corpus corpus;
  for (int t = 0; t < 40; ++t) {
    std::vector<std::uint16_t> text = {2};
    for (std::uint64_t n = 3 + random.below(20); n > 0; --n) {
      text.push_back(static_cast<std::uint16_t>(5 + random.below(testing::kToyTokens - 5)));
    }
    text.push_back(3);
    corpus.add(text);
  }
  return corpus;
}

PretrainingOptions pretraining_options(PretrainingMethod method) {
  PretrainingOptions options;
  options.method = method;
  options.mask.mask_id = 4;
  options.mask.vocabulary = testing::kToyTokens;
  options.batches = {80, 100};
  options.dropout = 0.1;
  options.generator_layers = 1;
  options.generator_ffn = 16;
  return options;
}

TEST(StepGradients, HaveTheSameBitsForAnyNumberOfThreads) {
  const auto config = toy_config();
  const Corpus corpus = toy_corpus();
  for (const auto method : {PretrainingMethod::mlm, PretrainingMethod::rtd}) {
    const auto options = pretraining_options(method);
    const Pretraining objective(config, options, corpus, std::vector<std::uint8_t>(testing::kToyTokens, 0));
    const Parameters parameters = pretraining_parameters(config, options);
    ASSERT_GE(objective.micro_batches(0), 4u);
    const std::vector<MicroBatchAt> batches = {{0, 0}, {0, 1}, {0, 2}, {0, 3}};
    const auto expected = step_gradients(objective, parameters, batches, 1, 42);
    ASSERT_TRUE(expected) << expected.error().message;
    for (const std::size_t threads : {2u, 3u, 9u}) {
      const auto found = step_gradients(objective, parameters, batches, threads, 42);
      ASSERT_TRUE(found) << found.error().message;
      EXPECT_EQ(found->loss, expected->loss);
      EXPECT_EQ(found->tokens, expected->tokens);
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        ASSERT_EQ(found->gradients[i].defined(), expected->gradients[i].defined());
        if (found->gradients[i].defined()) {
          EXPECT_TRUE(torch::equal(found->gradients[i], expected->gradients[i])) << parameters.names()[i];
        }
      }
    }
  }
}

TEST(StepGradients, AreTheMeanOverMicroBatches) {
  const ToyObjective objective;
  const Parameters parameters = ToyObjective::parameters();
  const auto first = step_gradients(objective, parameters, {{0, 0}}, 1, 42);
  const auto second = step_gradients(objective, parameters, {{0, 1}}, 1, 42);
  const auto both = step_gradients(objective, parameters, {{0, 0}, {0, 1}}, 2, 42);
  EXPECT_NEAR(both->loss, (first->loss + second->loss) / 2, 1e-9);
  EXPECT_TRUE(torch::allclose(both->gradients[0], (first->gradients[0] + second->gradients[0]) / 2));
  EXPECT_EQ(both->metrics.at("squares").count, 2);
}

TEST(StepGradients, DependOnEpochNumberAndSeed) {
  const ToyObjective objective;
  const Parameters parameters = ToyObjective::parameters();
  const double loss = step_gradients(objective, parameters, {{0, 1}}, 1, 42)->loss;
  EXPECT_EQ(loss, step_gradients(objective, parameters, {{0, 1}}, 1, 42)->loss);
  EXPECT_NE(loss, step_gradients(objective, parameters, {{0, 2}}, 1, 42)->loss);
  EXPECT_NE(loss, step_gradients(objective, parameters, {{1, 1}}, 1, 42)->loss);
  EXPECT_NE(loss, step_gradients(objective, parameters, {{0, 1}}, 1, 43)->loss);
}

class Failing final : public Objective {
 public:
  std::size_t micro_batches(std::uint64_t) const override { return 4; }
  void begin_epoch(std::uint64_t) override {}
  MicroBatchLoss loss(const Parameters& parameters, std::uint64_t, std::size_t number, Random&) const override {
    if (number == 2) throw std::runtime_error("out of memory");
    return {parameters.tensors().front().sum(), 1, {}};
  }
};

TEST(StepGradients, TurnExceptionsIntoErrors) {
  for (const std::size_t threads : {1u, 3u}) {
    const auto found =
        step_gradients(Failing(), ToyObjective::parameters(), {{0, 0}, {0, 1}, {0, 2}, {0, 3}}, threads, 1);
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, ::testing::HasSubstr("out of memory"));
  }
}

}  // namespace
}  // namespace tenor::learn
