#include "devices/pinning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "devices/cpu_sampler.h"

namespace tenor::devices {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<NumaNode> kTwoNodes = {{0, {0, 1, 2, 3}}, {1, {4, 5}}};
const std::vector<NumaNode> kOneNode = {{0, {0, 1}}};

TEST(PlanPins, IsOffUnlessThereIsSomethingToGain) {
  EXPECT_THAT(plan_pins(kOneNode, 2, Pinning::automatic), Each(IsEmpty()));
  EXPECT_THAT(plan_pins(kTwoNodes, 2, Pinning::off), Each(IsEmpty()));
  EXPECT_THAT(plan_pins({}, 2, Pinning::cores), Each(IsEmpty()));
  EXPECT_THAT(plan_pins(kTwoNodes, 0, Pinning::nodes), IsEmpty());
}

TEST(PlanPins, SharesWorkersOutByProcessors) {
  const std::vector<unsigned> first = {0, 1, 2, 3}, second = {4, 5};
  EXPECT_THAT(plan_pins(kTwoNodes, 3, Pinning::automatic), ElementsAre(first, first, second));
  EXPECT_THAT(plan_pins(kTwoNodes, 6, Pinning::cores), ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(4),
                                                                   ElementsAre(2), ElementsAre(3), ElementsAre(5)));
  EXPECT_THAT(plan_pins(kOneNode, 3, Pinning::cores), Each(ElementsAre(0, 1)));  // more workers than processors
}

TEST(PinThisThread, IsHeldByTheKernel) {
  const auto allowed = allowed_cpus();
  std::vector<unsigned> seen;
  std::thread([&] {
    ASSERT_TRUE(pin_this_thread(std::vector<unsigned>{allowed.back()}));
    seen = allowed_cpus();
  }).join();
  EXPECT_THAT(seen, ElementsAre(allowed.back()));
  EXPECT_EQ(allowed_cpus(), allowed);  // this thread's are as before
  EXPECT_TRUE(pin_this_thread({}));
}

TEST(ParsePinning, KnowsItsNames) {
  EXPECT_EQ(parse_pinning("auto"), Pinning::automatic);
  EXPECT_EQ(parse_pinning("cores"), Pinning::cores);
  EXPECT_FALSE(parse_pinning("core"));
}

}  // namespace
}  // namespace tenor::devices
