#include "learn/encoder_forward.h"

#include <gtest/gtest.h>

#include "learn/test_models.h"

namespace tenor::learn {
namespace {

using testing::toy_config;
using testing::toy_grid;
using testing::toy_parameters;
using torch::Tensor;

const ForwardOptions kExact{torch::kFloat, 0, nullptr, false};

TEST(EncoderShapes, LeaveTheHeadToOthers) {
  auto config = toy_config();
  config.pooling = experts::Pooling::queries;
  config.group_outputs = {3};
  config.outputs = 3;
  for (const ParameterShape& shape : encoder_shapes(config)) {
    EXPECT_FALSE(shape.name.starts_with("head") || shape.name.starts_with("pool")) << shape.name;
  }
  EXPECT_EQ(encoder_shapes(config).size(), encoder_shapes(toy_config()).size());
}

TEST(EncoderForward, DoesNotSeePadding) {
  const auto config = toy_config();
  const Parameters parameters = toy_parameters(config);
  const std::vector<std::uint16_t> text = {2, 5, 11, 3}, longer = {2, 9, 10, 6, 7, 8, 14, 13, 12, 3};
  const Tensor alone = encoder_forward(config, parameters, toy_grid({text}), kExact).states;
  const Tensor beside = encoder_forward(config, parameters, toy_grid({text, longer}), kExact).states;
  EXPECT_TRUE(torch::allclose(alone, beside.slice(0, 0, 4), 1e-4, 1e-5)) << (alone - beside.slice(0, 0, 4)).abs().max();
}

TEST(EncoderForward, InBfloat16StaysCloseToFloat) {
  const auto config = toy_config(3);
  const Parameters parameters = toy_parameters(config);
  const TokenGrid grid = toy_grid({{2, 5, 11, 8, 3}, {2, 9, 3}});
  const Tensor exact = encoder_forward(config, parameters, grid, kExact).states;
  const Tensor rough = encoder_forward(config, parameters, grid, {torch::kBFloat16, 0, nullptr, false}).states;
  EXPECT_EQ(rough.scalar_type(), torch::kFloat);
  // States have a deviation of 1; bfloat16 rounds at 1/256, a few times in each of three layers.
  EXPECT_LT((exact - rough).abs().mean().item<double>(), 0.03);
  EXPECT_GT((exact - rough).abs().max().item<double>(), 0);
}

// d loss / d (parameters along a random direction), by the difference quotient and by the gradient.
TEST(EncoderForward, HasTheGradientsOfItsDifferences) {
  auto config = toy_config();
  config.activation = experts::Activation::gelu_tanh;
  const Parameters parameters = toy_parameters(config);
  const TokenGrid grid = toy_grid({{2, 5, 11, 8, 3}, {2, 9, 3}});
  torch::manual_seed(5);
  const Tensor taste = torch::randn({10, 16}, torch::kDouble);
  const auto loss = [&] {
    return (encoder_forward(config, parameters, grid, kExact).states.to(torch::kDouble) * taste).sum();
  };
  const auto gradients = torch::autograd::grad({loss()}, parameters.tensors(), {}, {}, false, true);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Tensor direction = torch::randn(parameters.tensors()[i].sizes());
    const double expected = (gradients[i] * direction).sum().item<double>();
    constexpr double kStep = 2e-3;
    torch::NoGradGuard guard;
    const Tensor value = parameters.tensors()[i];
    const Tensor before = value.clone();
    value.add_(direction, kStep);
    const double above = loss().item<double>();
    value.copy_(before).add_(direction, -kStep);
    const double below = loss().item<double>();
    value.copy_(before);
    const double quotient = (above - below) / (2 * kStep);
    EXPECT_NEAR(quotient, expected, 0.02 * std::max(1.0, std::fabs(expected))) << parameters.names()[i];
  }
}

TEST(EncoderForward, KeepsLayersWhereAsked) {
  const auto config = toy_config(3);
  const Parameters parameters = toy_parameters(config);
  const TokenGrid grid = toy_grid({{2, 5, 11, 8, 3}, {2, 9, 3}});
  const ForwardResult result = encoder_forward(config, parameters, grid, {torch::kFloat, 0, nullptr, true});
  ASSERT_EQ(result.layers.size(), 4u);
  ASSERT_EQ(result.attention.size(), 3u);
  EXPECT_TRUE(torch::equal(result.layers.back(), result.states));
  EXPECT_EQ(result.attention[0].sizes(), (std::vector<std::int64_t>{2, 2, 5, 5}));
  EXPECT_TRUE(encoder_forward(config, parameters, grid, kExact).layers.empty());
}

TEST(Dropout, KeepsTheMeanAndIsTheSameForASeed) {
  const Tensor ones = torch::ones({200, 101});
  Random a(1), b(1), c(2);
  const Tensor first = dropout(ones, 0.25, &a);
  EXPECT_TRUE(torch::equal(first, dropout(ones, 0.25, &b)));
  EXPECT_FALSE(torch::equal(first, dropout(ones, 0.25, &c)));
  EXPECT_NEAR(first.eq(0).to(torch::kFloat).mean().item<double>(), 0.25, 0.01);
  EXPECT_NEAR(first.mean().item<double>(), 1, 0.02);
  EXPECT_TRUE(torch::equal(dropout(ones, 0, &a), ones));
  EXPECT_TRUE(torch::equal(dropout(ones, 0.5, nullptr), ones));
}

}  // namespace
}  // namespace tenor::learn
