#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "serving/budget.h"
#include "serving/worker_pool.h"

namespace tenor::serving {
namespace {

TEST(Budget, RefusesWhatItDoesNotHave) {
  Budget budget(10);
  Lease first(budget);
  Lease second(budget);
  EXPECT_TRUE(first.grow_to(6));
  EXPECT_FALSE(second.grow_to(5));
  EXPECT_EQ(second.held(), 0u);
  EXPECT_TRUE(second.grow_to(4));
  EXPECT_EQ(budget.used(), 10u);
}

TEST(Budget, LeaseGrowsOnlyByTheDifferenceAndGivesAllBack) {
  Budget budget(10);
  {
    Lease lease(budget);
    EXPECT_TRUE(lease.grow_to(4));
    EXPECT_TRUE(lease.grow_to(2));  // holds more already
    EXPECT_EQ(budget.used(), 4u);
    EXPECT_TRUE(lease.grow_to(10));
    lease.release();
    EXPECT_EQ(budget.used(), 0u);
    EXPECT_TRUE(lease.grow_to(3));
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(Budget, ThreadsNeverExceedIt) {
  Budget budget(3);
  std::atomic<int> holders{0};
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        Lease lease(budget);
        if (!lease.grow_to(1)) continue;
        if (++holders > 3) exceeded = true;
        --holders;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(budget.used(), 0u);
}

TEST(WorkerPool, OneWorkerKeepsTheOrder) {
  std::vector<int> done;
  std::promise<void> finished;
  WorkerPool pool(1);
  for (int i = 0; i < 5; ++i) pool.submit([&done, i](std::size_t) { done.push_back(i); });
  pool.submit([&finished](std::size_t) { finished.set_value(); });
  finished.get_future().wait();
  EXPECT_THAT(done, testing::ElementsAre(0, 1, 2, 3, 4));
}

TEST(WorkerPool, IndicesNameTheWorkers) {
  std::mutex mutex;
  std::vector<std::size_t> seen;
  std::promise<void> both;
  WorkerPool pool(2);
  for (int i = 0; i < 2; ++i) {
    pool.submit([&](std::size_t worker) {
      const std::lock_guard lock(mutex);
      seen.push_back(worker);
      if (seen.size() == 2) both.set_value();
    });
  }
  both.get_future().wait();
  for (const auto worker : seen) EXPECT_LT(worker, 2u);
}

TEST(WorkerPool, StopWaitsForTheRunningJobAndDropsTheQueue) {
  std::promise<void> started;
  std::promise<void> second_dropped;
  std::atomic<bool> first{false};
  std::atomic<bool> second{false};
  WorkerPool pool(1);
  pool.submit([&](std::size_t) {
    started.set_value();
    second_dropped.get_future().wait();
    first = true;
  });
  std::shared_ptr<void> guard(nullptr, [&second_dropped](void*) { second_dropped.set_value(); });
  pool.submit([&second, owned = std::move(guard)](std::size_t) { second = true; });
  started.get_future().wait();
  pool.stop();
  EXPECT_TRUE(first);
  EXPECT_FALSE(second);
  pool.submit([&](std::size_t) { second = true; });
  EXPECT_FALSE(second);
}

}  // namespace
}  // namespace tenor::serving
