#include "serving/admission.h"

#include <gtest/gtest.h>

namespace tenor::serving {
namespace {

using Answer = Admission::Answer;

constexpr AdmissionRules kAdmission{{1000, 5000}, 0.2};

// Two workers, both busy for two more milliseconds by the prediction, and 10 us for each token that waits.
Backlog busy(std::size_t interactive_tokens, std::size_t bulk_tokens) {
  const auto line = [](std::size_t tokens) {
    return Backlog::Line{tokens / 10, tokens / 10, tokens, 10.0 * static_cast<double>(tokens)};
  };
  return {{line(interactive_tokens), line(bulk_tokens)}, 4000, 2, 0};
}

TEST(PredictedWait, IsWhatStandsInFrontSharedByTheWorkers) {
  EXPECT_EQ(predicted_wait_us(busy(0, 0), Priority::interactive, 0.2), 1000);
  EXPECT_EQ(predicted_wait_us(busy(800, 0), Priority::interactive, 0.2), 1000 + 4000);
  // Bulk gets a fifth of the time, as long as it lasts.
  EXPECT_EQ(predicted_wait_us(busy(800, 100'000), Priority::interactive, 0.2), 1000 + 5000);
  EXPECT_EQ(predicted_wait_us(busy(800, 100), Priority::interactive, 0.2), 1000 + 4500);
  EXPECT_EQ(predicted_wait_us(busy(800, 400), Priority::bulk, 0.2), 1000 + 6000);
}

TEST(PredictedWait, IsNothingWhereAWorkerIsIdle) {
  Backlog backlog = busy(0, 0);
  backlog.idle_workers = 1;
  EXPECT_EQ(predicted_wait_us(backlog, Priority::interactive, 0.2), 0);
  EXPECT_TRUE(admit({Priority::interactive, 10, 0.001}, backlog, kAdmission).accepted());
}

TEST(Admit, CountsTokensOfEachPriority) {
  EXPECT_TRUE(admit({Priority::interactive, 100}, busy(900, 5000), kAdmission).accepted());
  EXPECT_EQ(admit({Priority::interactive, 101}, busy(900, 0), kAdmission).answer, Answer::queue_full);
  EXPECT_EQ(admit({Priority::interactive, 1}, busy(1200, 0), kAdmission).answer, Answer::queue_full);
  EXPECT_TRUE(admit({Priority::bulk, 4000}, busy(1000, 1000), kAdmission).accepted());
  EXPECT_EQ(admit({Priority::bulk, 4001}, busy(0, 1000), kAdmission).answer, Answer::queue_full);
}

TEST(Admit, TakesOneThatIsLargerThanTheQueueWhereNobodyWaits) {
  EXPECT_TRUE(admit({Priority::bulk, 1'000'000}, busy(1000, 0), kAdmission).accepted());
  EXPECT_FALSE(admit({Priority::bulk, 1'000'000}, busy(0, 10), kAdmission).accepted());
}

TEST(Admit, RefusesBulkWhereTheQueueStands) {
  Backlog backlog = busy(800, 0);
  backlog.pressure = Pressure::refuse_bulk;
  EXPECT_TRUE(admit({Priority::interactive, 10}, backlog, kAdmission).accepted());
  EXPECT_EQ(admit({Priority::bulk, 10}, backlog, kAdmission).answer, Answer::standing_queue);
}

TEST(Admit, KeepsAQueueThatStoodShort) {
  AdmissionRules rules = kAdmission;
  rules.standing.target_us = 4500;
  // 5000 us by prediction, and 1000 for what runs.
  Backlog backlog = busy(800, 0);
  EXPECT_TRUE(admit({Priority::interactive, 10}, backlog, rules).accepted());
  backlog.pressure = Pressure::keep_short;
  EXPECT_EQ(admit({Priority::interactive, 10}, backlog, rules).answer, Answer::standing_queue);
  EXPECT_EQ(admit({Priority::bulk, 10}, backlog, rules).answer, Answer::standing_queue);
  Backlog shorter = busy(600, 0);
  shorter.pressure = Pressure::keep_short;
  EXPECT_TRUE(admit({Priority::interactive, 10}, shorter, rules).accepted());
  EXPECT_EQ(admit({Priority::bulk, 10}, shorter, rules).answer, Answer::standing_queue);
  // As long as the batches that run take, 2000 us, may wait whoever wants to.
  rules.standing.target_us = 10;
  EXPECT_EQ(admit({Priority::interactive, 10}, shorter, rules).answer, Answer::standing_queue);
  Backlog shortest = busy(200, 0);
  shortest.pressure = Pressure::keep_short;
  EXPECT_TRUE(admit({Priority::interactive, 10}, shortest, rules).accepted());
}

TEST(Admit, RefusesWhoseDeadlineCannotBeMet) {
  EXPECT_TRUE(admit({Priority::interactive, 10, 5001}, busy(800, 0), kAdmission).accepted());
  const auto refused = admit({Priority::interactive, 10, 5000}, busy(800, 0), kAdmission);
  EXPECT_EQ(refused.answer, Answer::too_late);
  EXPECT_EQ(refused.wait_us, 5000);
  EXPECT_EQ(refused.retry_after_s, 1u);
}

TEST(Admit, SaysWhenToComeAgain) {
  Backlog backlog = busy(1000, 0);
  backlog.lines[0].cost_us = 7e6;
  EXPECT_EQ(admit({Priority::interactive, 10}, backlog, kAdmission).retry_after_s, 4u);
}

}  // namespace
}  // namespace tenor::serving
