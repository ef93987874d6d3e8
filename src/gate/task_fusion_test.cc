#include "gate/task_fusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "gate/fusion.h"

namespace tenor::gate {
namespace {

using ::testing::HasSubstr;

const std::vector<ScoredTask> kScored = {{"overall", 3, 2}, {"food", 4, 1}};

bundle::JsonObject json(std::string_view text) {
  return bundle::JsonObject::parse(text).value();
}

std::string error(std::string_view overall) {
  const auto read = read_task_fusions(json("{\"tasks\": {\"overall\": " + std::string(overall) + "}}"), kScored);
  return read ? "NO ERROR" : read.error().message;
}

TEST(TaskFusionTest, MixesThenSharpens) {
  const std::array<float, 4> two = {0.8f, 0.2f, 0.4f, 0.6f};
  std::array<float, 2> fused{};
  fuse(two, {.weights = {0.75f, 0.25f}, .temperature = 1, .offsets = {}}, fused);
  EXPECT_NEAR(fused[0], 0.7, 1e-6);
  EXPECT_NEAR(fused[1], 0.3, 1e-6);
  fuse(two, {.weights = {0.75f, 0.25f}, .temperature = 0.5f, .offsets = {}}, fused);
  EXPECT_NEAR(fused[0], 0.49 / (0.49 + 0.09), 1e-6) << "half the temperature squares";
  fuse(two, {.weights = {0, 1}, .temperature = 1, .offsets = {}}, fused);
  EXPECT_NEAR(fused[0], 0.4, 1e-6) << "an expert without weight is not heard";
}

TEST(TaskFusionTest, EqualWeightsAreTheAverage) {
  const std::array<float, 6> two = {0.5f, 0.25f, 0.25f, 0.1f, 0.65f, 0.25f};
  std::array<float, 3> fused{}, mean{};
  fuse(two, {.weights = {0.5f, 0.5f}, .temperature = 1, .offsets = {}}, fused);
  average(two, mean);
  for (std::size_t l = 0; l < 3; ++l) EXPECT_NEAR(fused[l], mean[l], 1e-6);
}

TEST(TaskFusionTest, ImpossibleLabelsStayFinite) {
  const std::array<float, 2> certain = {1, 0};
  std::array<float, 2> fused{};
  fuse(certain, {.weights = {1}, .temperature = 0.01f, .offsets = {}}, fused);
  EXPECT_EQ(fused[0], 1);
  EXPECT_EQ(fused[1], 0);
}

TEST(TaskFusionTest, ReadsWhatItWrites) {
  const TaskFusion overall{{0.3f, 0.7f}, 1.0f / 3, {0, -0.1f, 0.2f}}, food{{1}, 1, {0, 0, 0, 0.5f}};
  bundle::JsonObject settings;
  settings.set("method", "weighted");
  write_task_fusion("overall", overall, settings);
  write_task_fusion("food", food, settings);
  EXPECT_THAT(settings.dump(), HasSubstr("[0.3,0.7]")) << "as short as it can be";
  const auto read = read_task_fusions(json(settings.dump()), kScored);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read)[0], overall);
  EXPECT_EQ((*read)[1], food);
}

TEST(TaskFusionTest, TasksWithoutFusionHaveNone) {
  for (const char* text : {"{}", "{\"method\": \"average\"}", "{\"tasks\": {}}"}) {
    const auto read = read_task_fusions(json(text), kScored);
    ASSERT_TRUE(read) << text;
    EXPECT_FALSE((*read)[0]);
    EXPECT_FALSE((*read)[1]);
  }
  const auto plain = read_task_fusions(json(R"({"tasks": {"overall": {"weights": [0.5, 0.5]}}})"), kScored);
  ASSERT_TRUE(plain);
  EXPECT_EQ((*plain)[0], (TaskFusion{{0.5f, 0.5f}, 1, {0, 0, 0}})) << "temperature and offsets may be absent";
}

TEST(TaskFusionTest, WhatMakesNoSenseIsRefused) {
  EXPECT_THAT(error("{}"), HasSubstr("weights"));
  EXPECT_THAT(error("[]"), HasSubstr("'overall'"));
  EXPECT_THAT(error(R"({"weights": [1]})"), HasSubstr("2 numbers, one for each expert"));
  EXPECT_THAT(error(R"({"weights": [0.5, 0.4]})"), HasSubstr("add up to 1"));
  EXPECT_THAT(error(R"({"weights": [1.5, -0.5]})"), HasSubstr("at least 0"));
  EXPECT_THAT(error(R"({"weights": [1e300, 0]})"), HasSubstr("add up to 1"));
  EXPECT_THAT(error(R"({"weights": [0.5, 0.5], "temperature": 0})"), HasSubstr("temperature"));
  EXPECT_THAT(error(R"({"weights": [0.5, 0.5], "temperature": 1e-60})"), HasSubstr("temperature"));
  EXPECT_THAT(error(R"({"weights": [0.5, 0.5], "temperature": 101})"), HasSubstr("temperature"));
  EXPECT_THAT(error(R"({"weights": [0.5, 0.5], "temperature": "hot"})"), HasSubstr("temperature"));
  EXPECT_THAT(error(R"({"weights": [0.5, 0.5], "offsets": [0, 0]})"), HasSubstr("3 numbers, one for each label"));
  EXPECT_THAT(error(R"({"weights": [0.5, 0.5], "offsets": [0, 0, 1e39]})"), HasSubstr("offsets"));
  const auto unknown = read_task_fusions(json(R"({"tasks": {"mood": {"weights": [1]}}})"), kScored);
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("'mood'"));
  EXPECT_FALSE(read_task_fusions(json(R"({"tasks": 3})"), kScored));
}

}  // namespace
}  // namespace tenor::gate
