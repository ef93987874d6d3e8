#include "serving/batch_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::serving {
namespace {

using std::chrono::microseconds;
using testing::ElementsAre;

class PlainRequest final : public Request {
 public:
  void deliver(std::size_t, engine::Verdict&, const Status&, const ScoringTimes&) override {}
  void finish(Outcome) override {}
};

RequestPtr request(std::size_t count, std::uint32_t tokens, Priority priority = Priority::interactive) {
  auto made = std::make_shared<PlainRequest>();
  made->texts.assign(count, {"text", tokens});
  made->priority = priority;
  return made;
}

constexpr double kTokenUs = 10;

class BatchQueueTest : public testing::Test {
 protected:
  Admission submit(const RequestPtr& asked) { return queue_.submit(asked, kTokenUs, now_, 0); }
  Batch take() { return queue_.take(now_, 1); }
  static std::vector<const Request*> owners(const Batch& batch) {
    std::vector<const Request*> all;
    for (const auto& text : batch.texts) all.push_back(text.request.get());
    return all;
  }

  Clock::time_point now_{};
  BatchQueue queue_{{.batch_tokens = 100}, {{1000, 10'000}, 0.2}, 2};
};

TEST_F(BatchQueueTest, LargeRequestsDoNotHoldUpSmallOnes) {
  const auto large = request(20, 20), first = request(1, 20), second = request(1, 20);
  for (const auto& asked : {large, first, second}) ASSERT_TRUE(submit(asked).accepted());
  const Batch batch = take();
  EXPECT_THAT(owners(batch), ElementsAre(large.get(), first.get(), second.get(), large.get(), large.get()));
  EXPECT_EQ(batch.texts[4].index, 2u);
  EXPECT_EQ(batch.tokens, 100u);
  EXPECT_THAT(queue_.done(batch), ElementsAre(first, second));
  EXPECT_EQ(queue_.backlog().lines[0].texts, 17u);
}

TEST_F(BatchQueueTest, AQueueThatStoodIsKeptShortUntilNobodyWaits) {
  BatchQueue queue({.batch_tokens = 100}, {{100'000, 100'000}, 0.2, {1000}}, 1);  // a target of 1 ms
  const auto offered = [&](Priority priority) {
    return queue.submit(request(1, 60, priority), kTokenUs, now_, 0).answer;  // 600 us
  };
  using Told = Admission::Answer;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(offered(Priority::interactive), Told::accepted);
  now_ += microseconds(5900);
  EXPECT_EQ(offered(Priority::bulk), Told::accepted);
  now_ += microseconds(200);
  EXPECT_EQ(offered(Priority::bulk), Told::standing_queue);
  EXPECT_EQ(offered(Priority::interactive), Told::accepted);
  now_ += microseconds(5000);
  EXPECT_EQ(offered(Priority::interactive), Told::standing_queue);
  const auto work_off = [&](std::size_t left) {
    while (queue.backlog().lines[0].texts > left) queue.done(queue.take(now_, 1));
  };
  work_off(2);
  EXPECT_EQ(offered(Priority::interactive), Told::standing_queue);  // behind 1200 us
  work_off(1);
  EXPECT_EQ(offered(Priority::interactive), Told::accepted);  // behind 600 us, and there are two again
  EXPECT_EQ(offered(Priority::interactive), Told::standing_queue);
  EXPECT_EQ(offered(Priority::bulk), Told::standing_queue);
  work_off(0);
  EXPECT_EQ(queue.backlog().pressure, Pressure::no);
  EXPECT_EQ(offered(Priority::bulk), Told::accepted);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(offered(Priority::interactive), Told::accepted);
}

TEST_F(BatchQueueTest, ALargeRequestIsNoStandingQueue) {
  BatchQueue queue({.batch_tokens = 100}, {{100'000, 100'000}, 0.2, {1000}}, 1);
  ASSERT_TRUE(queue.submit(request(50, 60), kTokenUs, now_, 0).accepted());
  for (int i = 0; i < 40; ++i) {
    EXPECT_FALSE(queue.take(now_, 1).texts.empty());
    now_ += microseconds(1000);
    EXPECT_EQ(queue.backlog().pressure, Pressure::no);
  }
  EXPECT_TRUE(queue.submit(request(1, 60), kTokenUs, now_, 0).accepted());
}

TEST_F(BatchQueueTest, EveryTextIsHandedOutOnce) {
  const auto asked = request(7, 30);
  ASSERT_TRUE(submit(asked).accepted());
  std::vector<std::size_t> seen;
  std::vector<RequestPtr> over;
  while (!queue_.empty()) {
    const Batch batch = take();
    for (const auto& text : batch.texts) seen.push_back(text.index);
    for (auto& ended : queue_.done(batch)) over.push_back(ended);
  }
  EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_THAT(over, ElementsAre(asked));
  EXPECT_EQ(asked.use_count(), 2);  // here and in `over`
  EXPECT_EQ(queue_.backlog().lines[0].tokens, 0u);
  EXPECT_EQ(queue_.backlog().lines[0].requests, 0u);
  EXPECT_EQ(queue_.backlog().running_us, 0);
}

TEST_F(BatchQueueTest, RefusalsLeaveItAsItWas) {
  ASSERT_TRUE(submit(request(10, 90)).accepted());
  EXPECT_EQ(submit(request(2, 90)).answer, Admission::Answer::queue_full);
  EXPECT_EQ(queue_.backlog().lines[0].tokens, 900u);
  EXPECT_EQ(queue_.backlog().lines[0].cost_us, 9000);
  EXPECT_EQ(queue_.backlog().lines[0].requests, 1u);
  EXPECT_TRUE(submit(request(1, 90, Priority::bulk)).accepted());
}

TEST_F(BatchQueueTest, BulkWaitsButDoesNotStarve) {
  const auto bulk = request(50, 50, Priority::bulk);
  ASSERT_TRUE(submit(bulk).accepted());
  std::size_t of_bulk = 0;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(submit(request(2, 50)).accepted());
    const Batch batch = take();
    of_bulk += batch.priority == Priority::bulk;
    if (i == 0) {
      EXPECT_EQ(batch.priority, Priority::interactive);
    }
    queue_.done(batch);
    if (batch.priority == Priority::bulk) queue_.done(take());
  }
  EXPECT_NEAR(static_cast<double>(of_bulk), 10, 3);
}

TEST_F(BatchQueueTest, PassedDeadlinesEndRequests) {
  const auto late = request(3, 50), other = request(1, 50);
  late->deadline = now_ + microseconds(9000);
  ASSERT_TRUE(submit(late).accepted());
  Batch running = take();
  EXPECT_THAT(owners(running), ElementsAre(late.get(), late.get()));
  ASSERT_TRUE(submit(other).accepted());
  now_ += microseconds(9000);
  const Batch batch = take();
  EXPECT_THAT(owners(batch), ElementsAre(other.get()));
  EXPECT_TRUE(batch.over.empty());  // two of its texts are with a worker
  EXPECT_THAT(queue_.done(running), ElementsAre(late));
  EXPECT_EQ(BatchQueue::outcome_of(*late), Outcome::too_late);

  const auto alone = request(1, 50);
  alone->deadline = now_ + microseconds(1);
  queue_.done(batch);
  ASSERT_TRUE(queue_.submit(alone, kTokenUs, now_ - microseconds(5), 0).accepted());
  now_ += microseconds(2);
  EXPECT_THAT(take().over, ElementsAre(alone));
  EXPECT_TRUE(queue_.empty());
}

TEST_F(BatchQueueTest, HurriedTextsKnowWhatIsLeft) {
  const auto asked = request(1, 50);  // 500 us of work
  asked->deadline = now_ + microseconds(800);
  ASSERT_TRUE(queue_.submit(asked, kTokenUs, now_, 0).accepted());
  ASSERT_TRUE(queue_.submit(request(1, 50), kTokenUs, now_, 0).accepted());
  now_ += microseconds(100);
  const Batch batch = take();
  EXPECT_THAT(owners(batch), ElementsAre(asked.get()));
  EXPECT_NEAR(batch.deadline_us.value_or(0), 700, 0.01);
}

TEST_F(BatchQueueTest, UnwantedRequestsLeaveBatchAndQueue) {
  const auto gone = request(9, 20), here = request(1, 20);
  ASSERT_TRUE(submit(gone).accepted());
  ASSERT_TRUE(submit(here).accepted());
  Batch batch = take();
  EXPECT_EQ(batch.texts.size(), 5u);
  EXPECT_TRUE(queue_.drop(batch, gone));
  EXPECT_THAT(owners(batch), ElementsAre(here.get()));
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.backlog().lines[0].tokens, 0u);
  EXPECT_EQ(BatchQueue::outcome_of(*gone), Outcome::unwanted);
  EXPECT_THAT(queue_.done(batch), ElementsAre(here));
}

TEST_F(BatchQueueTest, RawRequestsArePreparedAloneAndGoOnInFront) {
  const auto raw = request(0, 0), other = request(1, 20);
  raw->raw_tokens = 60;
  ASSERT_TRUE(submit(raw).accepted());
  ASSERT_TRUE(submit(other).accepted());
  const Batch first = take();
  EXPECT_TRUE(first.raw);
  EXPECT_THAT(owners(first), ElementsAre(raw.get()));
  raw->texts.assign(3, {"text", 20});
  queue_.prepared(first, kTokenUs);
  EXPECT_TRUE(queue_.done(first).empty());
  const Batch second = take();
  EXPECT_FALSE(second.raw);
  EXPECT_THAT(owners(second), ElementsAre(raw.get(), other.get(), raw.get(), raw.get()));
  EXPECT_EQ(queue_.done(second).size(), 2u);

  const auto hopeless = request(0, 0);
  hopeless->raw_tokens = 60;
  ASSERT_TRUE(submit(hopeless).accepted());
  const Batch third = take();
  queue_.prepared(third, kTokenUs);
  EXPECT_THAT(queue_.done(third), ElementsAre(hopeless));
}

TEST_F(BatchQueueTest, ThousandsThatWaitDoNotSlowItDown) {
  BatchQueue queue({.batch_tokens = 100}, {{10'000'000, 0}, 0.2}, 1);
  for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(queue.submit(request(1, 20), 1, now_, 0).accepted());
  std::size_t texts = 0;
  while (!queue.empty()) {
    const Batch batch = queue.take(now_, 1);
    ASSERT_EQ(batch.texts.size(), 5u);
    texts += queue.done(batch).size();
  }
  EXPECT_EQ(texts, 20'000u);
}

}  // namespace
}  // namespace tenor::serving
