#include "drift/window.h"

#include <gtest/gtest.h>

#include "drift/monitor.h"

namespace tenor::drift {
namespace {

constexpr WindowShape kShape = {.slice_seconds = 10, .slices = 3};

TEST(Window, SlicesFollowTheTime) {
  EXPECT_EQ(slice_of(0, kShape), 0);
  EXPECT_EQ(slice_of(9, kShape), 0);
  EXPECT_EQ(slice_of(10, kShape), 1);
  EXPECT_EQ(slice_of(-1, kShape), -1);
  EXPECT_EQ(slice_of(-10, kShape), -1);
  EXPECT_EQ(slice_of(-11, kShape), -2);
  EXPECT_EQ(slices_to_drop(5, 5, kShape), 0u);
  EXPECT_EQ(slices_to_drop(5, 4, kShape), 0u);
  EXPECT_EQ(slices_to_drop(5, 6, kShape), 1u);
  EXPECT_EQ(slices_to_drop(5, 500, kShape), 3u);
}

TEST(Window, ForgetsWhatIsTooOld) {
  Window window(2, kShape, -5);
  window.add(-5, {.label = 0});
  window.add(5, {.label = 1});
  window.add(12, {.label = 1});
  EXPECT_EQ(window.profile(19).texts, 3u);
  EXPECT_EQ(window.profile(20).texts, 2u);  // slice -1 is gone
  window.add(25, {.label = 0});
  EXPECT_EQ(window.profile(29).texts, 3u);
  EXPECT_EQ(window.profile(39).texts, 2u);
  EXPECT_EQ(window.profile(39).of(Signal::label)[0], 1u);
  EXPECT_EQ(window.profile(1000).texts, 0u);
}

TEST(Window, AClockThatGoesBackLosesNothing) {
  Window window(2, kShape, 100);
  window.add(100, {});
  window.add(3, {});
  EXPECT_EQ(window.profile(3).texts, 2u);
  EXPECT_EQ(window.profile(100).texts, 2u);
}

engine::ModelInfo named(const std::string& name) {
  engine::ModelInfo info;
  info.name = name;
  return info;
}

WatchedModel watched(const engine::ModelInfo& info) {
  WatchedModel model{&info, {}};
  model.reference.labels = {"positive", "negative"};
  model.reference.profile = Profile(2);
  for (int i = 0; i < 1000; ++i) {
    model.reference.profile.add({.label = i % 2 == 0 ? 0U : 1U, .confidence = 0.8, .pieces = 10, .characters = 20});
  }
  return model;
}

engine::Verdict verdict_of(const engine::ModelInfo& info, std::uint8_t label) {
  engine::Verdict verdict;
  verdict.model = &info;
  verdict.overall.label = label;
  verdict.overall.probabilities[label] = 0.8F;
  verdict.pieces = 10;
  verdict.characters = 20;
  return verdict;
}

TEST(Monitor, WatchesEachModelForItself) {
  const engine::ModelInfo zh = named("zh");
  const engine::ModelInfo twin = named("zh");
  const engine::ModelInfo unwatched = named("en");
  Monitor monitor({watched(zh), watched(twin)}, engine::Budget::best, kShape, 0);
  for (int i = 0; i < 200; ++i) {
    monitor.add(1, {}, verdict_of(zh, static_cast<std::uint8_t>(i % 2)));
    monitor.add(1, {}, verdict_of(twin, 1));
    monitor.add(1, {}, verdict_of(unwatched, 1));
    monitor.add(1, {.budget = engine::Budget::fast}, verdict_of(zh, 1));  // of another budget than the reference
  }
  const auto report = monitor.report(2);
  ASSERT_EQ(report.size(), 2u);
  EXPECT_EQ(report[0].drift.texts, 200u);
  EXPECT_LT(report[0].drift.greatest(), 0.01);
  EXPECT_EQ(report[1].drift.texts, 200u);
  EXPECT_GT(report[1].drift.of(Signal::label), 1);
  EXPECT_NE(report[0].model, report[1].model);  // series need names of their own
  EXPECT_EQ(monitor.report(1000)[0].drift.texts, 0u);
}

TEST(Monitor, AnotherDefaultBudgetIsPassedOver) {
  const engine::ModelInfo zh = named("zh");
  Monitor monitor({watched(zh)}, engine::Budget::fast, kShape, 0);
  monitor.add(1, {}, verdict_of(zh, 1));
  EXPECT_EQ(monitor.report(1)[0].drift.texts, 0u);
  monitor.add(1, {.budget = engine::Budget::best}, verdict_of(zh, 1));
  EXPECT_EQ(monitor.report(1)[0].drift.texts, 1u);
}

TEST(Monitor, AnswersOfNoNamedBudgetArePassedOver) {
  const engine::ModelInfo zh = named("zh");
  Monitor monitor({watched(zh)}, {}, kShape, 0);
  const engine::Budget best = engine::Budget::best;
  monitor.add(1, {}, verdict_of(zh, 1));
  monitor.add(1, {.budget_us = 300}, verdict_of(zh, 1));
  monitor.add(1, {.budget = best, .deadline_us = 300}, verdict_of(zh, 1));
  monitor.add(1, {.budget = best, .method = gate::Method::vote}, verdict_of(zh, 1));
  EXPECT_EQ(monitor.report(1)[0].drift.texts, 0u);
  monitor.add(1, {.budget = best}, verdict_of(zh, 1));
  EXPECT_EQ(monitor.report(1)[0].drift.texts, 1u);
}

}  // namespace
}  // namespace tenor::drift
