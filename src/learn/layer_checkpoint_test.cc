#include "learn/layer_checkpoint.h"

#include <gtest/gtest.h>

#include "learn/gradient_workers.h"
#include "learn/test_models.h"

namespace tenor::learn {
namespace {

using testing::toy_config;
using torch::Tensor;

const std::vector<TaskInfo> kOverall = {{"overall", false, {"positive", "neutral", "negative"}, 0}};

std::vector<Example> some_examples() {
  std::vector<Example> out;
  Random random(4);
  for (int i = 0; i < 24; ++i) {
    Example example;
    example.ids = {2};
    for (std::uint64_t n = 2 + random.below(9); n > 0; --n) {
      example.ids.push_back(static_cast<std::uint16_t>(5 + random.below(10)));
    }
    example.ids.push_back(3);
    example.labels = {static_cast<std::int8_t>(i % 3)};
    out.push_back(std::move(example));
  }
  return out;
}

TEST(LayerCheckpoint, GivesTheSameLossAndGradientsToTheBit) {
  const auto examples = some_examples();
  auto body = toy_config(3);
  for (const bool shared : {false, true}) {
    body.shared_layers = shared;
    const auto config = with_head(body, kOverall);
    Parameters parameters = testing::toy_parameters(config);
    add_initialised(head_shapes(config), 7, parameters);
    FinetuningOptions options;
    options.dropout = 0.2;
    options.rdrop = 1;
    options.batches.tokens = 64;
    for (const auto precision : {torch::kFloat, torch::kBFloat16}) {
      options.compute = precision;
      options.checkpoint_layers = false;
      const Finetuning plain(config, options, kOverall, examples);
      options.checkpoint_layers = true;
      const Finetuning again(config, options, kOverall, examples);
      const std::vector<MicroBatchAt> batches = {{0, 0}, {0, 1}, {0, 2}};
      const auto expected = step_gradients(plain, parameters, batches, 1, 42);
      const auto found = step_gradients(again, parameters, batches, 3, 42);
      ASSERT_TRUE(expected && found);
      EXPECT_EQ(found->loss, expected->loss);
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        ASSERT_TRUE(found->gradients[i].defined()) << parameters.names()[i];
        EXPECT_TRUE(torch::allclose(found->gradients[i], expected->gradients[i], shared ? 1e-3 : 0, shared ? 1e-5 : 0))
            << parameters.names()[i];
      }
    }
  }
}

TEST(LayerCheckpoint, ComputesTheSegmentOnceMore) {
  Parameters parameters;
  parameters.add("w", torch::full({2, 2}, 3.0f));
  int calls = 0;
  const Segment segment = [&](const Parameters& own, const Tensor& inputs) {
    ++calls;
    return torch::linear(inputs, own.at("w")).pow(2);
  };
  const Tensor inputs = torch::ones({1, 2}, torch::requires_grad());
  const Tensor outputs = checkpointed(segment, parameters, {"w"}, inputs);
  EXPECT_EQ(calls, 1);
  const auto gradients = torch::autograd::grad({outputs.sum()}, {inputs, parameters.at("w")});
  EXPECT_EQ(calls, 2);
  EXPECT_TRUE(torch::equal(gradients[0], torch::full({1, 2}, 72.0f)));  // 2 outputs, each 2 * 6 * 3
  EXPECT_TRUE(torch::equal(gradients[1], torch::full({2, 2}, 12.0f)));
  {
    const torch::NoGradGuard guard;
    checkpointed(segment, parameters, {"w"}, inputs);
  }
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace tenor::learn
