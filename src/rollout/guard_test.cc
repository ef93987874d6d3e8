#include "rollout/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tenor::rollout {
namespace {

using ::testing::HasSubstr;

// n requests as a healthy arm answers them, exactly at its rates.
ArmSummary healthy(std::uint64_t n) {
  ArmSummary sums;
  sums.errors = {n / 100, n};
  const auto answered = sums.answered();
  sums.log_latency = {answered, 7.6, 0.25 * static_cast<double>(answered - 1)};
  sums.abstentions = {answered / 10, answered};
  sums.labels = {answered / 2, answered / 5, answered - answered / 2 - answered / 5};
  return sums;
}

const Reading& reading_of(const Judgement& judgement, Signal signal) {
  for (const Reading& reading : judgement.readings) {
    if (reading.signal == signal) return reading;
  }
  ADD_FAILURE() << "no reading of " << to_string(signal);
  return judgement.readings.front();
}

Judgement judged(const ArmSummary& canary, const GuardSettings& settings = {}) {
  return judge(settings, 3, healthy(1'000'000), canary);
}

TEST(Guard, PassesAHealthyReleaseOnceThereIsEvidence) {
  EXPECT_EQ(judged(healthy(100)).advice, Advice::hold);
  EXPECT_EQ(judged(healthy(500)).advice, Advice::hold);
  const Judgement judgement = judged(healthy(10000));
  EXPECT_EQ(judgement.advice, Advice::advance) << judgement.reason;
  for (const Reading& reading : judgement.readings) {
    const auto expected = reading.signal == Signal::accuracy ? Finding::none : Finding::cleared;
    EXPECT_EQ(reading.finding, expected) << to_string(reading.signal);
    EXPECT_GE(reading.canary_samples, reading.finding == Finding::cleared ? reading.samples_needed : 0);
  }
}

TEST(Guard, HoldsWhereNothingWasSeen) {
  EXPECT_EQ(judge({}, 3, {}, {}).advice, Advice::hold);
  EXPECT_EQ(judge({}, 3, healthy(1000), {}).advice, Advice::hold);
  EXPECT_EQ(judge({}, 3, {}, healthy(1000)).advice, Advice::hold);
}

TEST(Guard, NamesWhatIsHarmful) {
  ArmSummary canary = healthy(10000);
  canary.errors.count = 200;
  EXPECT_EQ(reading_of(judged(canary), Signal::errors).finding, Finding::harmful);

  canary = healthy(1000);
  canary.log_latency.mean += std::log(1.3);
  EXPECT_EQ(reading_of(judged(canary), Signal::latency).finding, Finding::harmful);

  canary = healthy(10000);
  canary.abstentions.count += 500;
  EXPECT_EQ(reading_of(judged(canary), Signal::abstention).finding, Finding::harmful);

  canary = healthy(10000);
  canary.labels[0] -= 500;
  canary.labels[2] += 500;
  const Judgement judgement = judged(canary);
  EXPECT_EQ(judgement.advice, Advice::roll_back);
  EXPECT_EQ(reading_of(judgement, Signal::labels).finding, Finding::harmful);
  EXPECT_THAT(judgement.reason, HasSubstr("labels: harmful"));
}

TEST(Guard, TakesBackAReleaseThatFailsAtOnce) {
  ArmSummary canary;
  canary.errors = {10, 10};
  EXPECT_EQ(judged(canary).advice, Advice::roll_back);
  canary.errors = {1, 1};
  EXPECT_EQ(judged(canary).advice, Advice::hold);
}

TEST(Guard, WaitsForFeedbackWhereItComes) {
  ArmSummary live = healthy(1'000'000);
  ArmSummary canary = healthy(10000);
  GuardSettings settings;
  EXPECT_EQ(judge(settings, 3, live, canary).advice, Advice::advance);
  live.wrong = {1500, 10000};
  EXPECT_EQ(judge(settings, 3, live, canary).advice, Advice::hold);
  settings.feedback = Feedback::off;
  EXPECT_EQ(judge(settings, 3, live, canary).advice, Advice::advance);
  settings.feedback = Feedback::automatic;
  canary.wrong = {750, 5000};
  EXPECT_EQ(judge(settings, 3, live, canary).advice, Advice::advance);
  canary.wrong = {900, 5000};
  EXPECT_EQ(judge(settings, 3, live, canary).advice, Advice::roll_back);
  settings.feedback = Feedback::required;
  live.wrong = canary.wrong = {};
  EXPECT_EQ(judge(settings, 3, live, canary).advice, Advice::hold);
}

TEST(Guard, PassesOverWhatIsOffOrCannotBeCompared) {
  GuardSettings settings;
  settings.error_effect = settings.abstention_effect = settings.label_effect = settings.accuracy_effect = 0;
  settings.latency_effect = 0;
  EXPECT_TRUE(judged(healthy(1000), settings).readings.empty());
  EXPECT_EQ(judged(healthy(1000), settings).advice, Advice::advance);
  EXPECT_EQ(judged(healthy(99), settings).advice, Advice::hold);  // min_samples
  ArmSummary canary = healthy(10000);
  canary.abstentions = {};  // a release without a gate
  const Judgement judgement = judged(canary);
  EXPECT_EQ(reading_of(judgement, Signal::abstention).finding, Finding::none);
  EXPECT_EQ(judgement.advice, Advice::advance);
}

TEST(Guard, SharesTheFalseAlarmsOut) {
  const auto limit = [](const GuardSettings& settings, std::size_t stages) {
    return judge(settings, stages, healthy(1000), healthy(1000)).readings.front().harm_at;
  };
  GuardSettings settings;
  EXPECT_NEAR(limit(settings, 3), std::log(3 * 5 / 0.05), 1e-12);
  EXPECT_NEAR(limit(settings, 1), std::log(5 / 0.05), 1e-12);
  settings.feedback = Feedback::off;
  EXPECT_NEAR(limit(settings, 1), std::log(4 / 0.05), 1e-12);
}

}  // namespace
}  // namespace tenor::rollout
