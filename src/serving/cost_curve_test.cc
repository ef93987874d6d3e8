#include "serving/cost_curve.h"

#include <gtest/gtest.h>

namespace tenor::serving {
namespace {

TEST(CostCurve, GuessesThenMeasures) {
  CostCurve curve(10);
  EXPECT_DOUBLE_EQ(curve.at(100, 0), 1000);
  EXPECT_DOUBLE_EQ(curve.at(0, 0), 10);
  curve.add(64, 640, 0);
  EXPECT_DOUBLE_EQ(curve.at(64, 0), 640);
  EXPECT_DOUBLE_EQ(curve.at(1, 0), 640);  // starting it takes as long
  EXPECT_DOUBLE_EQ(curve.at(1000, 0), 10000);
  curve.add(1024, 1024, 0);
  EXPECT_DOUBLE_EQ(curve.at(1024, 0), 1024);
  EXPECT_DOUBLE_EQ(curve.at(256, 0), 256 * 5.5);  // half way between the sizes
  EXPECT_DOUBLE_EQ(curve.at(std::size_t{1} << 40, 0), static_cast<double>(std::size_t{1} << 40));
}

TEST(CostCurve, IsMovedLittleByOutliers) {
  CostCurve curve;
  curve.add(64, 64, 0);
  curve.add(64, 64e6, 0);
  EXPECT_DOUBLE_EQ(curve.at(64, 0), 64 * 1.3);
  curve.add(64, -1, 0);
  curve.add(0, 5, 0);
  EXPECT_DOUBLE_EQ(curve.at(64, 0), 64 * 1.3);
}

TEST(CostCurve, TriesASlowDeviceAgain) {
  CostCurve curve(2);
  curve.add(64, 64 * 16, 100);
  EXPECT_DOUBLE_EQ(curve.at(64, 100), 64 * 16);
  EXPECT_DOUBLE_EQ(curve.at(64, 160), 64 * 8);
  EXPECT_DOUBLE_EQ(curve.at(64, 280), 64 * 2);
  EXPECT_DOUBLE_EQ(curve.at(64, 1e6), 64 * 2);  // not below the guess
  curve.add(64, 64 * 16, 1e6);
  EXPECT_DOUBLE_EQ(curve.at(64, 1e6), 64 * 16);  // nothing was forgotten
  CostCurve fast(2);
  fast.add(64, 64, 0);
  EXPECT_DOUBLE_EQ(fast.at(64, 1e6), 64);
}

}  // namespace
}  // namespace tenor::serving
