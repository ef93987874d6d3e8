#include "ship/acceptance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::ship {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Findings good() {
  Findings found;
  found.dev = {{"overall.macro_f1", 0.70}, {"encoder:overall.macro_f1@shop", 0.95}};
  found.ece = {{"overall", 0.02}, {"aspects", 0.025}};
  found.int8 = {{"encoder, overall", 1000, 4, 0.700, 0.6990}, {"encoder, aspects", 9000, 9, 0.50, 0.51}};
  found.bytes = 24000000;
  found.encoder_ms = 1.1;
  return found;
}

Acceptance all() {
  Acceptance asked;
  asked.min_dev = {{"overall.macro_f1", 0.70}, {"encoder:overall.macro_f1@shop", 0.90}};
  asked.max_ece = 0.03;
  asked.max_int8_flips = 0.005;
  asked.max_int8_loss = 0.2;
  asked.max_bytes = 24000000;
  asked.max_encoder_ms = 1.2;
  return asked;
}

std::string refusal(const Acceptance& asked, const Findings& found) {
  const Status status = accept(demands(asked, found));
  return status ? "" : status.error().message;
}

TEST(AcceptanceTest, NothingAskedIsAccepted) {
  EXPECT_THAT(demands({}, {}), IsEmpty());
  EXPECT_TRUE(accept(demands({}, {})));
}

TEST(AcceptanceTest, WhatEqualsAThresholdMeetsIt) {
  EXPECT_EQ(demands(all(), good()).size(), 7u);
  EXPECT_EQ(refusal(all(), good()), "");
}

TEST(AcceptanceTest, EachThresholdIsHeldByItself) {
  Findings found = good();
  found.dev["overall.macro_f1"] = 0.6999;
  EXPECT_THAT(refusal(all(), found),
              AllOf(HasSubstr("min_dev overall.macro_f1: asked at least 0.7, found 0.6999"), Not(HasSubstr("max_"))));
  found = good();
  found.ece["aspects"] = 0.0312;
  EXPECT_THAT(refusal(all(), found), HasSubstr("max_ece (aspects): asked at most 0.03, found 0.0312"));
  found = good();
  found.int8[0].flips = 6;
  EXPECT_THAT(refusal(all(), found), HasSubstr("max_int8_flips (encoder, overall): asked at most 0.005, found 0.006"));
  found = good();
  found.int8[1].int8_macro_f1 = 0.497;
  EXPECT_THAT(refusal(all(), found), HasSubstr("max_int8_loss (encoder, aspects): asked at most 0.2, found 0.3"));
  found = good();
  found.bytes = 24000001;
  EXPECT_THAT(refusal(all(), found), HasSubstr("max_bytes: asked at most 24000000, found 24000001"));
  found = good();
  found.encoder_ms = 1.25;
  EXPECT_THAT(refusal(all(), found), HasSubstr("max_encoder_ms: asked at most 1.2, found 1.25"));
}

TEST(AcceptanceTest, ARefusalNamesAllThatIsUnmet) {
  Findings found = good();
  found.encoder_ms = 2;
  found.ece["overall"] = 0.5;
  const Status status = accept(demands(all(), found));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::limit);
  EXPECT_THAT(status.error().message, AllOf(HasSubstr("nothing was published"), HasSubstr("max_encoder_ms"),
                                            HasSubstr("max_ece (overall)"), Not(HasSubstr("max_bytes"))));
}

TEST(AcceptanceTest, WhatWasNotMeasuredIsNotMet) {
  Acceptance asked;
  asked.min_dev = {{"overall.macro_f1@nobody", 0}};
  asked.max_ece = 1;
  asked.max_int8_loss = 100;
  Findings found;
  found.int8 = {{"encoder, overall", 10, 0, {}, {}}};
  const auto wanted = demands(asked, found);
  ASSERT_EQ(wanted.size(), 3u);
  for (const Demand& demand : wanted) EXPECT_FALSE(demand.met()) << to_text(demand);
  EXPECT_THAT(refusal(asked, found), HasSubstr("overall.macro_f1@nobody: asked at least 0, but it was not measured"));
}

TEST(AcceptanceTest, AGainIsNoLoss) {
  Acceptance asked;
  asked.max_int8_loss = 0;
  Findings found;
  found.int8 = {{"encoder, overall", 10, 1, 0.5, 0.6}};
  EXPECT_TRUE(accept(demands(asked, found)));
  EXPECT_NEAR(found.int8[0].points_lost(), -10, 1e-9);
}

}  // namespace
}  // namespace tenor::ship
