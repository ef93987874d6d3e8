#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "drift/monitor.h"

namespace tenor::drift {
namespace {

TEST(MonitorThreads, LoseNothing) {
  engine::ModelInfo info;
  info.name = "zh";
  WatchedModel model{&info, {}};
  model.reference.labels = {"positive", "negative"};
  model.reference.profile = Profile(2);
  for (int i = 0; i < 300; ++i) model.reference.profile.add({.label = 0, .characters = 5});
  Monitor monitor({model}, engine::Budget::best, {}, 0);
  engine::Verdict verdict;
  verdict.model = &info;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        monitor.add(10, {}, verdict);
        if (i % 500 == 0) monitor.report(10);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(monitor.report(10)[0].drift.texts, 6000u);
}

}  // namespace
}  // namespace tenor::drift
