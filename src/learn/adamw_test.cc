#include "learn/adamw.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>

namespace tenor::learn {
namespace {

using torch::Tensor;

Parameters two_parameters() {
  torch::manual_seed(1);
  Parameters out;
  out.add("dense.weight", torch::randn({7, 5}));
  out.add("dense.bias", torch::randn({7}));
  return out;
}

std::vector<Tensor> some_gradients(int step) {
  torch::manual_seed(100 + step);
  return {torch::randn({7, 5}), torch::randn({7})};
}

TEST(AdamW, StepsAsLibtorchsDoes) {
  Parameters mine = two_parameters();
  const Parameters theirs = two_parameters();
  AdamWOptions options;
  options.weight_decay = 0.1;
  options.clip = 0;
  AdamW optimiser(mine, options);
  const auto group = [&](std::size_t i, double decay) {
    auto own = std::make_unique<torch::optim::AdamWOptions>(1e-2);
    own->betas({options.beta1, options.beta2}).eps(options.epsilon).weight_decay(decay);
    return torch::optim::OptimizerParamGroup({theirs.tensors()[i]}, std::move(own));
  };
  torch::optim::AdamW reference({group(0, 0.1), group(1, 0)}, torch::optim::AdamWOptions(1e-2));
  for (int step = 0; step < 30; ++step) {
    const auto gradients = some_gradients(step);
    for (std::size_t i = 0; i < 2; ++i) theirs.tensors()[i].mutable_grad() = gradients[i].clone();
    reference.step();
    optimiser.step(mine, gradients, 1e-2);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(torch::allclose(mine.tensors()[i], theirs.tensors()[i], 1e-5, 1e-6)) << mine.names()[i];
  }
  EXPECT_EQ(optimiser.steps(), 30u);
}

TEST(AdamW, ClipsTheNormOfAllGradientsTogether) {
  Parameters clipped = two_parameters(), scaled = two_parameters();
  AdamWOptions options;
  options.clip = 0.5;
  AdamW first(clipped, options), second(scaled, options);
  const auto gradients = some_gradients(0);
  const double norm = first.step(clipped, gradients, 1e-2);
  EXPECT_NEAR(norm, std::sqrt(gradients[0].pow(2).sum().item<double>() + gradients[1].pow(2).sum().item<double>()),
              1e-4);
  second.step(scaled, std::vector<Tensor>{gradients[0] * (0.499999 / norm), gradients[1] * (0.499999 / norm)}, 1e-2);
  EXPECT_TRUE(torch::allclose(clipped.tensors()[0], scaled.tensors()[0], 1e-5, 1e-6));
}

TEST(AdamW, PassesOverGradientsThatAreNotFinite) {
  Parameters parameters = two_parameters();
  const Parameters before = parameters.clone();
  AdamW optimiser(parameters, {});
  auto gradients = some_gradients(0);
  gradients[1][2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(std::isfinite(optimiser.step(parameters, gradients, 1e-2)));
  EXPECT_EQ(optimiser.steps(), 0u);
  EXPECT_TRUE(torch::equal(parameters.tensors()[0], before.tensors()[0]));
}

TEST(AdamW, GoesOnFromItsMoments) {
  Parameters whole = two_parameters(), parted = two_parameters();
  AdamW uninterrupted(whole, {}), first(parted, {});
  for (int step = 0; step < 4; ++step) uninterrupted.step(whole, some_gradients(step), 1e-2);
  for (int step = 0; step < 2; ++step) first.step(parted, some_gradients(step), 1e-2);
  AdamW second(parted, {});
  second.restore(first.moments().clone(), first.steps());
  for (int step = 2; step < 4; ++step) second.step(parted, some_gradients(step), 1e-2);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(torch::equal(whole.tensors()[i], parted.tensors()[i]));
}

TEST(AdamW, MultipliesRatesByFactors) {
  Parameters parameters = two_parameters();
  const Parameters before = parameters.clone();
  AdamW optimiser(parameters, {}, {0, 1});
  optimiser.step(parameters, some_gradients(0), 1e-2);
  EXPECT_TRUE(torch::equal(parameters.tensors()[0], before.tensors()[0]));
  EXPECT_FALSE(torch::equal(parameters.tensors()[1], before.tensors()[1]));
}

}  // namespace
}  // namespace tenor::learn
