#include "serving/budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

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

}  // namespace
}  // namespace tenor::serving
