#include "compress/weight_ranges.h"

#include <gtest/gtest.h>

namespace tenor::compress {
namespace {

TEST(WeightRangesTest, WeightsThatFitKeepTheirPeak) {
  std::vector<float> row;
  for (int i = -127; i <= 127; ++i) row.push_back(static_cast<float>(i) / 64);
  EXPECT_EQ(best_range(row), peak_of(row));
  EXPECT_EQ(best_range(std::vector<float>(5, 0.0f)), 0.0f);
}

TEST(WeightRangesTest, ALoneLargeWeightIsClippedUnlessItMatters) {
  std::vector<float> row(4000);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = 0.3f * static_cast<float>(i % 17) / 17.0f;
  row[7] = 1.0f;
  EXPECT_LT(best_range(row), 1.0f);
  std::vector<float> importance(row.size(), 1.0f);
  EXPECT_EQ(best_range(row, importance), best_range(row)) << "equal weights weigh nothing";
  importance[7] = 1e6f;
  EXPECT_EQ(best_range(row, importance), 1.0f) << "its input is large";
}

TEST(WeightRangesTest, OneRangeAnOutput) {
  const std::vector<float> weights = {1, -2, 3, 0, 0, 0, -4, 1, 1};
  EXPECT_EQ(weight_ranges(weights, 3, false), (std::vector<float>{3, 0, 4}));
}

}  // namespace
}  // namespace tenor::compress
