#include "learn/schedule.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace tenor::learn {
namespace {

TEST(LearningRate, RisesInAStraightLineThenFalls) {
  const Schedule linear{2.0, 0.25, 0, Decay::linear};  // of 8 steps, 2 of warm-up
  EXPECT_DOUBLE_EQ(learning_rate(linear, 0, 8), 2.0 / 3);
  EXPECT_DOUBLE_EQ(learning_rate(linear, 1, 8), 4.0 / 3);
  EXPECT_DOUBLE_EQ(learning_rate(linear, 2, 8), 2);
  EXPECT_DOUBLE_EQ(learning_rate(linear, 5, 8), 1);
  EXPECT_DOUBLE_EQ(learning_rate(linear, 7, 8), 2.0 / 6);
}

TEST(LearningRate, NeverFallsBelowTheFloor) {
  for (const Decay decay : {Decay::linear, Decay::cosine}) {
    const Schedule schedule{1.0, 0, 0.1, decay};
    EXPECT_DOUBLE_EQ(learning_rate(schedule, 0, 100), 1);
    EXPECT_NEAR(learning_rate(schedule, 50, 100), 0.55, 1e-12);
    EXPECT_NEAR(learning_rate(schedule, 100, 100), 0.1, 1e-12);
    EXPECT_NEAR(learning_rate(schedule, 500, 100), 0.1, 1e-12);
  }
}

TEST(LearningRate, StaysWhereItIsToldTo) {
  const Schedule constant{0.5, 0, 0, Decay::constant};
  EXPECT_DOUBLE_EQ(learning_rate(constant, 99, 100), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate(constant, 0, 1), 0.5);
}

TEST(LayerwiseFactors, FallFromTheHeadToTheEmbeddings) {
  Parameters parameters;
  for (const char* name : {"embeddings.word", "layers.0.qkv.weight", "layers.1.qkv.bias", "layers.10.up.weight",
                           "pooling.queries", "head.weight"}) {
    parameters.add(name, torch::zeros({1}));
  }
  EXPECT_EQ(layerwise_factors(parameters, 11, 0.5), (std::vector<double>{1.0 / 2048, 1.0 / 1024, 1.0 / 512, 1, 1, 1}));
}

TEST(WeightDecay, LeavesBiasesAndNormsAlone) {
  EXPECT_TRUE(decays("layers.0.qkv.weight"));
  EXPECT_TRUE(decays("embeddings.word"));
  EXPECT_FALSE(decays("layers.0.qkv.bias"));
  EXPECT_FALSE(decays("layers.0.attention_norm.weight"));
  EXPECT_FALSE(decays("embeddings.norm.weight"));
}

}  // namespace
}  // namespace tenor::learn
