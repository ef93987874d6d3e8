#include "gate/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tenor::gate {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kExperts = {"lr", "svm", "encoder"};
const std::vector<GateTask> kTasks = {{"overall", false, {"positive", "negative"}, kExperts},
                                      {"food", true, {"positive", "negative"}, {"lr", "svm"}}};

Gate small_gate() {
  Gate gate;
  gate.stages = {{{"lr", "svm"}, {5, 0.1, 0}}, {{"encoder"}, {100, 10, 512}}};
  gate.domain = {{"shop", "blog"}, std::vector<std::int8_t>(DomainCue::kBuckets * 2, -3), 0.5f, {1, 2}};
  const std::size_t features = feature_count(2, 2);
  const auto pool = [&](std::size_t experts) {
    return Pool{std::vector<float>(experts * features, 0.25f), std::vector<float>(experts, 1), 1.25f,
                std::vector<float>(4 * experts, 0.5f), std::vector<float>(2 * features, -0.5f)};
  };
  const std::size_t told_by = features + answer_feature_count(2);
  gate.groups = {{kExperts, kTasks[0].labels, {pool(2), pool(3)}, std::vector<float>(told_by, 1)},
                 {kTasks[1].experts, kTasks[1].labels, {{}, {}}, std::vector<float>(told_by, -1)}};
  gate.groups[0].gain_trees = {*Trees::make({1, Trees::kLeaf, Trees::kLeaf}, {0.5f, -2, 2}, told_by)};
  TaskNumbers overall;
  overall.stacking = Stacking{std::vector<float>(12, 0.5f), {0, 1}};
  overall.pool_bias = {1, 2, 3, 4};
  overall.offsets = {0, 0, 0, 0.5f};
  overall.gain_bias = {-2};
  overall.calibrations = {{CalibrationKind::platt, 1, {1, 2}, {0, 1}, {}},
                          {CalibrationKind::isotonic, 1, {}, {}, {{{0.5f}, {0.5f}}, {{0, 0.5f}, {0, 1}}}}};
  overall.thresholds = {0.9f, 0.8f, 0.7f, 2};
  TaskNumbers food;
  food.group = 1;
  food.pool_bias = {0, 0, 0, 0};
  food.offsets = {0, 0, 0, 0};
  food.gain_bias = {0};
  gate.tasks = {overall, food};
  gate.overall = {{{INFINITY, 6, 0, 0.5, 0.25}, {0.125, 20, 0.25, 0.75, 0.5}, {0, 300, 1, 0.75, 0.5}}, 1};
  gate.report.set("note", "for people");
  return gate;
}

Result<Gate> read(const bundle::JsonObject& json) {
  return read_gate(json, kTasks, kExperts);
}

TEST(GateJsonTest, IsReadAsItWasWritten) {
  const bundle::JsonObject json = write_gate(small_gate(), kTasks);
  const auto gate = read(json);
  ASSERT_TRUE(gate) << gate.error().message;
  EXPECT_EQ(write_gate(*gate, kTasks), json);
  EXPECT_EQ(gate->groups, small_gate().groups);
  EXPECT_EQ(gate->domain.weights, small_gate().domain.weights);
  EXPECT_TRUE(std::isinf(gate->overall.points[0].price)) << "JSON has no infinity";
  EXPECT_EQ(gate->tasks[0].calibrations[1].steps[1].values, (std::vector<float>{0, 1}));
  EXPECT_FALSE(gate->tasks[1].stacking);
  EXPECT_TRUE(gate->tasks[1].thresholds.empty());
  EXPECT_TRUE(gate->aspects.points.empty());
}

std::string error_after(const std::function<void(Gate&)>& change) {
  Gate gate = small_gate();
  change(gate);
  const auto found = read(write_gate(gate, kTasks));
  return found ? "" : found.error().message;
}

TEST(GateJsonTest, RefusesWhatDoesNotFit) {
  EXPECT_THAT(error_after([](Gate& g) { g.stages[1].experts = {"lr"}; }), HasSubstr("once"));
  EXPECT_THAT(error_after([](Gate& g) { g.stages[1].cost.fixed_us = -1; }), HasSubstr("fixed_us"));
  EXPECT_THAT(error_after([](Gate& g) { g.groups[0].gain.pop_back(); }), HasSubstr("gain must hold"));
  EXPECT_THAT(error_after([](Gate& g) { g.groups[0].labels = {"good", "bad"}; }), HasSubstr("other labels"));
  EXPECT_THAT(error_after([](Gate& g) { g.tasks[0].group = 2; }), HasSubstr("no such group"));
  EXPECT_THAT(error_after([](Gate& g) { g.groups[0].pools[0].temperature = 0; }), HasSubstr("temperature"));
  EXPECT_THAT(error_after([](Gate& g) { std::swap(g.groups[0].pools[0], g.groups[0].pools[1]); }),
              HasSubstr("mixture must hold"));
  EXPECT_THAT(error_after([](Gate& g) { g.groups[1].pools.pop_back(); }), HasSubstr("one for each stage"));
  EXPECT_THAT(error_after([](Gate& g) { g.tasks[0].thresholds.pop_back(); }), HasSubstr("thresholds"));
  EXPECT_THAT(error_after([](Gate& g) { g.tasks[0].calibrations.pop_back(); }), HasSubstr("each stage"));
  EXPECT_THAT(error_after([](Gate& g) { g.tasks[0].calibrations[1].steps[1].values = {1, 0}; }), HasSubstr("rise"));
  EXPECT_THAT(error_after([](Gate& g) { g.overall.balanced = 3; }), HasSubstr("balanced"));
  EXPECT_THAT(error_after([](Gate& g) { std::swap(g.overall.points[1], g.overall.points[2]); }),
              HasSubstr("rise in us"));
  EXPECT_THAT(error_after([](Gate& g) { g.precision = 1; }), HasSubstr("precision"));
  EXPECT_THAT(error_after([](Gate& g) { g.domain.weights.pop_back(); }), HasSubstr("weights must hold"));
  EXPECT_THAT(error_after([](Gate& g) { g.groups[0].gain_trees.emplace_back(); }), HasSubstr("each step"));
  EXPECT_THAT(error_after([](Gate& g) {
                g.groups[0].gain_trees = {*Trees::make({99, -1, -1}, {0, 0, 0}, 100)};
              }),
              HasSubstr("no feature 99"));
  auto newer = write_gate(small_gate(), kTasks);
  newer.set("version", 4);
  EXPECT_EQ(read(newer).error().code, ErrorCode::unsupported);
}

TEST(GateJsonTest, OlderGatesAreNotToldTheAnswer) {
  Gate older = small_gate();
  const std::size_t features = older.features(older.tasks[0]), told_by = older.gain_feature_count(older.groups[0]);
  for (GroupNumbers& group : older.groups) group.gain.resize(features);
  bundle::JsonObject json = write_gate(older, kTasks);
  EXPECT_THAT(read(json).error().message, HasSubstr("gain must hold"));
  json.set("version", 1);
  const auto gate = read(json);
  ASSERT_TRUE(gate) << gate.error().message;
  ASSERT_EQ(gate->groups[0].gain.size(), told_by);
  std::vector<float> told(told_by);
  told.back() = 5;
  EXPECT_EQ(expected_gain(*gate, gate->tasks[1], 0, told), 0.5f) << "the answer's features count for nothing";
  told.front() = 1;
  EXPECT_NEAR(expected_gain(*gate, gate->tasks[1], 0, told), 1 / (1 + std::exp(1.0f)), 1e-6f);
}

TEST(GateTest, GainsFollowTheTreesWhereThereAreAny) {
  const Gate gate = small_gate();
  std::vector<float> features(gate.gain_feature_count(gate.groups[0]));
  EXPECT_FLOAT_EQ(expected_gain(gate, gate.tasks[0], 0, features), std::exp(-2.0f));
  features[1] = 0.5f;
  EXPECT_EQ(expected_gain(gate, gate.tasks[0], 0, features), 1) << "no more than 1";
}

TEST(GateTest, GainsFollowTheFeatures) {
  Gate gate = small_gate();
  gate.groups[0].gain_trees.clear();
  std::vector<float> features(gate.gain_feature_count(gate.groups[0]));
  EXPECT_NEAR(expected_gain(gate, gate.tasks[0], 0, features), 1 / (1 + std::exp(2.0f)), 1e-6f);
  features[0] = 2;
  EXPECT_NEAR(expected_gain(gate, gate.tasks[0], 0, features), 0.5f, 1e-6f);
  EXPECT_EQ(experts_within(std::span(gate.stages).first(1), kExperts), 2u);
  EXPECT_EQ(experts_within(gate.stages, kExperts), 3u);
}

}  // namespace
}  // namespace tenor::gate
