#include "text/windows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tenor::text {
namespace {

std::size_t covered(const WindowPlan& plan, std::size_t tokens) {
  std::vector<bool> seen(tokens, false);
  for (const TokenRange& range : plan.ranges) {
    for (std::size_t i = range.begin; i < range.end; ++i) seen.at(i) = true;
  }
  return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}

TEST(HeadTail, KeepsHeadAndTail) {
  const auto plan = head_tail(1000, 510, 0.25);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->ranges, (std::vector<TokenRange>{{0, 128}, {618, 1000}}));
  EXPECT_DOUBLE_EQ(plan->coverage, 0.51);
}

TEST(HeadTail, EverySmallSize) {
  for (std::size_t tokens = 0; tokens <= 24; ++tokens) {
    for (std::size_t max_tokens = 1; max_tokens <= 26; ++max_tokens) {
      for (const double share : {0.0, 0.1, 0.25, 0.5, 0.77, 1.0}) {
        const auto plan = head_tail(tokens, max_tokens, share);
        ASSERT_TRUE(plan.has_value());
        const std::size_t kept = std::min(tokens, max_tokens);
        ASSERT_EQ(covered(*plan, tokens), kept);
        std::size_t total = 0;
        for (const TokenRange& range : plan->ranges) {
          ASSERT_GT(range.size(), 0U);
          total += range.size();
        }
        ASSERT_EQ(total, kept) << "the ranges do not overlap";
        ASSERT_LE(plan->ranges.size(), 2U);
        ASSERT_DOUBLE_EQ(plan->coverage, tokens == 0 ? 1.0 : static_cast<double>(kept) / static_cast<double>(tokens));
        if (tokens > max_tokens && plan->ranges.front().begin == 0) {
          ASSERT_NEAR(static_cast<double>(plan->ranges.front().size()), share * static_cast<double>(max_tokens), 0.5);
        }
      }
    }
  }
}

TEST(HeadTail, RejectsNonsense) {
  for (const double share : {-0.01, 1.01, std::nan(""), std::numeric_limits<double>::infinity()}) {
    const auto plan = head_tail(10, 5, share);
    ASSERT_FALSE(plan.has_value());
    EXPECT_EQ(plan.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_FALSE(head_tail(10, 0, 0.5).has_value());
}

TEST(SlidingWindows, ShiftsTheLastWindowBack) {
  const auto plan = sliding_windows(1000, 510, 64);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->ranges, (std::vector<TokenRange>{{0, 510}, {446, 956}, {490, 1000}}));
}

TEST(SlidingWindows, EverySmallSize) {
  for (std::size_t tokens = 0; tokens <= 40; ++tokens) {
    for (std::size_t window = 1; window <= 12; ++window) {
      for (std::size_t overlap = 0; overlap < window; ++overlap) {
        const auto plan = sliding_windows(tokens, window, overlap);
        ASSERT_TRUE(plan.has_value());
        ASSERT_EQ(covered(*plan, tokens), tokens);
        ASSERT_EQ(plan->coverage, 1.0);
        for (std::size_t i = 0; i < plan->ranges.size(); ++i) {
          ASSERT_EQ(plan->ranges[i].size(), std::min(tokens, window));
          if (i == 0) continue;
          ASSERT_GT(plan->ranges[i].begin, plan->ranges[i - 1].begin);
          const std::size_t shared = plan->ranges[i - 1].end - plan->ranges[i].begin;
          ASSERT_GE(shared, overlap);
          if (i + 1 < plan->ranges.size()) {
            ASSERT_EQ(shared, overlap);
          }
        }
      }
    }
  }
}

TEST(SlidingWindows, RejectsNonsense) {
  EXPECT_FALSE(sliding_windows(10, 0, 0).has_value());
  const auto plan = sliding_windows(10, 4, 4);
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().code, ErrorCode::invalid_argument);
  EXPECT_NE(plan.error().message.find("window of 4"), std::string::npos);
  EXPECT_FALSE(sliding_windows(10, 4, 5).has_value());
}

}  // namespace
}  // namespace tenor::text
