#include "eval/minimise.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tenor::eval {
namespace {

TEST(MinimiseTest, FindsTheBottomOfASkewedBowl) {
  const auto bowl = [](std::span<const double> x, std::span<double> gradient) {
    double value = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double scale = std::pow(10.0, static_cast<double>(i)), off = x[i] - static_cast<double>(i);
      value += scale * off * off;
      gradient[i] = 2 * scale * off;
    }
    return value;
  };
  const auto found = minimise(bowl, {5, 5, 5, 5});
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], static_cast<double>(i), 1e-4);
}

TEST(MinimiseTest, FollowsACurvedValley) {
  const auto rosenbrock = [](std::span<const double> x, std::span<double> gradient) {
    const double a = 1 - x[0], b = x[1] - x[0] * x[0];
    gradient[0] = -2 * a - 400 * x[0] * b;
    gradient[1] = 200 * b;
    return a * a + 100 * b * b;
  };
  const auto found = minimise(rosenbrock, {-1.2, 1});
  EXPECT_NEAR(found[0], 1, 1e-3);
  EXPECT_NEAR(found[1], 1, 1e-3);
}

TEST(MinimiseTest, StaysWhereThereIsNothingToGain) {
  const auto flat = [](std::span<const double>, std::span<double> gradient) {
    gradient[0] = 0;
    return 1.0;
  };
  EXPECT_EQ(minimise(flat, {3}), std::vector<double>{3});
  const auto undefined = [](std::span<const double> x, std::span<double> gradient) {
    gradient[0] = 1;
    return x[0] < 0 ? NAN : x[0];
  };
  EXPECT_GE(minimise(undefined, {1})[0], 0) << "never steps to where the function is no number";
}

}  // namespace
}  // namespace tenor::eval
