#include "gate/route.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tenor::gate {
namespace {

constexpr double kEver = INFINITY;

TEST(RouteTest, GainMustBeWorthItsTime) {
  EXPECT_TRUE(worth_asking({0.2, 100}, {0.002, kEver}));
  EXPECT_FALSE(worth_asking({0.19, 100}, {0.002, kEver}));
  EXPECT_TRUE(worth_asking({0, 100}, {0, kEver})) << "best asks everybody";
  EXPECT_FALSE(worth_asking({1, 0}, {INFINITY, kEver})) << "fast asks nobody, for no cost either";
}

TEST(RouteTest, DeadlinesBindButForWhatIsNeeded) {
  EXPECT_FALSE(worth_asking({1, 100}, {0, 99}));
  EXPECT_TRUE(worth_asking({1, 100}, {0, 100}));
  EXPECT_TRUE(worth_asking({0, 100, true}, {INFINITY, 0})) << "a late answer is better than none";
}

TEST(StageCostTest, GrowsUpToWhatIsRead) {
  const StageCost cost{10, 2, 50};
  EXPECT_EQ(cost.of(0), 10);
  EXPECT_EQ(cost.of(50), 110);
  EXPECT_EQ(cost.of(5000), 110);
  EXPECT_EQ((StageCost{0, 1, 0}).of(5000), 5000) << "no bound";
}

Curve curve() {
  return {{{INFINITY, 10, 0, 0.7, 0.6}, {0.004, 20, 0.1, 0.75, 0.7}, {0.002, 40, 0.4, 0.8, 0.8}, {0, 100, 1, 0.8, 0.8}},
          1};
}

TEST(CurveTest, PricesFollowTheBudget) {
  EXPECT_TRUE(std::isinf(curve().price_for(0))) << "less than the cheapest";
  EXPECT_TRUE(std::isinf(curve().price_for(10)));
  EXPECT_TRUE(std::isinf(curve().price_for(15))) << "no line leads to infinity; the budget is kept";
  EXPECT_EQ(curve().price_for(20), 0.004);
  EXPECT_NEAR(curve().price_for(30), 0.003, 1e-12);
  EXPECT_NEAR(curve().price_for(70), 0.001, 1e-12);
  EXPECT_EQ(curve().price_for(100), 0);
  EXPECT_EQ(curve().price_for(1e9), 0);
  EXPECT_EQ(Curve().price_for(5), 0) << "no curve: everybody";
}

TEST(CurveTest, PricesNeverRiseWithTheBudget) {
  double last = INFINITY;
  for (double us = 0; us < 120; us += 0.5) {
    const double price = curve().price_for(us);
    EXPECT_LE(price, last) << us;
    last = price;
  }
}

TEST(CurveTest, OnePointIsAllThereIs) {
  const Curve one{{{INFINITY, 10, 0, 1, 1}}, 0};
  EXPECT_TRUE(std::isinf(one.price_for(5)));
  EXPECT_EQ(one.price_for(10), 0) << "nobody is left to ask";
}

}  // namespace
}  // namespace tenor::gate
