#include "serving/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "engine/cached_engine.h"
#include "engine/test_encoders.h"
#include "metrics/server_metrics.h"

namespace tenor::serving {
namespace {

// A verdict's `characters` is the text's length; "!wait" waits for open(), "!throw" throws, an empty text is an error.
class CountingAnalyzer final : public Analyzer {
 public:
  std::unique_ptr<Session> open_session() const override;
  Status check(const engine::Options&) const override { return {}; }
  LoadedModels models() const override { return {}; }

  void open() { opened_.set_value(); }
  void wait_until_scoring() { arrived_.get_future().wait(); }
  std::vector<std::size_t> batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

 private:
  friend class CountingSession;
  mutable std::mutex mutex_;
  mutable std::vector<std::size_t> batches_;
  mutable std::promise<void> opened_, arrived_;
  mutable std::shared_future<void> open_ = opened_.get_future().share();
};

class CountingSession final : public Session {
 public:
  explicit CountingSession(const CountingAnalyzer& analyzer) : analyzer_(analyzer) {}

  Status classify(std::string_view text, const engine::Options&, engine::Verdict& verdict) override {
    if (text.empty()) return fail(ErrorCode::empty_text, "empty");
    if (text == "!throw") throw std::runtime_error("as asked");
    if (text == "!wait") {
      analyzer_.arrived_.set_value();
      analyzer_.open_.wait();
    }
    verdict.characters = static_cast<std::uint32_t>(text.size());
    return {};
  }
  void classify_batch(std::span<const std::string_view> texts, const engine::Options& options,
                      std::span<engine::Verdict> verdicts, std::span<Status> statuses) override {
    {
      const std::lock_guard lock(analyzer_.mutex_);
      analyzer_.batches_.push_back(texts.size());
    }
    Session::classify_batch(texts, options, verdicts, statuses);
  }

 private:
  const CountingAnalyzer& analyzer_;
};

std::unique_ptr<Session> CountingAnalyzer::open_session() const {
  return std::make_unique<CountingSession>(*this);
}

class TestRequest final : public Request {
 public:
  explicit TestRequest(std::vector<std::string_view> all, const engine::Options& asked = {}) {
    for (const auto text : all) texts.push_back({text, 10});
    options = asked;
    group = engine::options_key(options);
    kind = kind_of(options);
    verdicts.resize(texts.size());
    statuses.resize(texts.size());
  }
  bool wanted() override { return !gone; }
  void prepare() override {
    for (const auto text : hidden) texts.push_back({text, 10});
    verdicts.resize(texts.size());
    statuses.resize(texts.size());
  }
  void deliver(std::size_t text, engine::Verdict& verdict, const Status& status, const ScoringTimes& times) override {
    std::swap(verdicts[text], verdict);
    statuses[text] = status;
    queue_us = times.queue_us;
  }
  void finish(Outcome outcome) override { finished.set_value(outcome); }
  Outcome wait() { return finished.get_future().get(); }

  std::vector<std::string_view> hidden;
  std::vector<engine::Verdict> verdicts;
  std::vector<Status> statuses;
  std::atomic<double> queue_us = -1;
  std::atomic<bool> gone = false;
  std::promise<Outcome> finished;
};

using TestRequestPtr = std::shared_ptr<TestRequest>;

TestRequestPtr make(std::vector<std::string_view> texts, const engine::Options& options = {}) {
  return std::make_shared<TestRequest>(std::move(texts), options);
}

class BatcherTest : public testing::Test {
 protected:
  static BatcherOptions options(std::size_t workers) {
    return {.workers = workers, .batch = {.batch_tokens = 50}, .admission = {{100, 1000}, 0.2}};
  }

  CountingAnalyzer analyzer_;
  CostTable costs_{false};
  metrics::ServerMetrics metrics_{{}, "test"};
};

TEST_F(BatcherTest, ScoresTogetherWhatGatheredWhileTheWorkerRan) {
  Batcher batcher(options(1), analyzer_, costs_, metrics_.queue());
  const auto first = make({"!wait"});
  ASSERT_TRUE(batcher.submit(first).accepted());
  analyzer_.wait_until_scoring();
  std::vector<TestRequestPtr> others;
  const std::string letters = "abcdefg";
  for (std::size_t i = 0; i < 7; ++i) {
    others.push_back(make({std::string_view(letters).substr(0, i)}));
    ASSERT_TRUE(batcher.submit(others.back()).accepted());
  }
  EXPECT_EQ(batcher.backlog().lines[0].texts, 7u);
  analyzer_.open();
  EXPECT_EQ(first->wait(), Outcome::answered);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(others[i]->wait(), Outcome::answered);
    EXPECT_EQ(others[i]->statuses[0].has_value(), i > 0);  // one text's error is nobody else's
    if (i > 0) {
      EXPECT_EQ(others[i]->verdicts[0].characters, i);
    }
    EXPECT_GE(others[i]->queue_us, 0);
  }
  EXPECT_THAT(analyzer_.batches(), testing::ElementsAre(1, 5, 2));
}

TEST_F(BatcherTest, RefusesAtOnceWhatFindsNoRoom) {
  Batcher batcher(options(1), analyzer_, costs_, metrics_.queue());
  ASSERT_TRUE(batcher.submit(make({"!wait"})).accepted());
  analyzer_.wait_until_scoring();
  ASSERT_TRUE(batcher.submit(make(std::vector<std::string_view>(10, "text"))).accepted());
  EXPECT_EQ(batcher.submit(make({"text"})).answer, Admission::Answer::queue_full);
  auto hasty = make({"text"});
  hasty->priority = Priority::bulk;
  hasty->deadline = Clock::now();
  EXPECT_EQ(batcher.submit(hasty).answer, Admission::Answer::too_late);
  const auto text = metrics_.exposition();
  EXPECT_THAT(text, testing::HasSubstr("tenor_refusals_total{reason=\"queue_full\"} 1"));
  EXPECT_THAT(text, testing::HasSubstr("tenor_refusals_total{reason=\"deadline\"} 1"));
  EXPECT_THAT(text, testing::HasSubstr("tenor_queue_texts{priority=\"interactive\"} 10"));
  analyzer_.open();
}

TEST_F(BatcherTest, DropsWhoHasGoneWhenItsTurnComes) {
  Batcher batcher(options(1), analyzer_, costs_, metrics_.queue());
  ASSERT_TRUE(batcher.submit(make({"!wait"})).accepted());
  analyzer_.wait_until_scoring();
  const auto gone = make({"a", "b"}), stays = make({"c"});
  ASSERT_TRUE(batcher.submit(gone).accepted());
  ASSERT_TRUE(batcher.submit(stays).accepted());
  gone->gone = true;
  analyzer_.open();
  EXPECT_EQ(gone->wait(), Outcome::unwanted);
  EXPECT_EQ(stays->wait(), Outcome::answered);
  EXPECT_THAT(analyzer_.batches(), testing::ElementsAre(1, 1));
}

TEST_F(BatcherTest, PassedDeadlinesAreNotScored) {
  Batcher batcher(options(1), analyzer_, costs_, metrics_.queue());
  const auto first = make({"!wait"});
  ASSERT_TRUE(batcher.submit(first).accepted());
  analyzer_.wait_until_scoring();
  const auto late = make({"a"});
  late->deadline = Clock::now() + std::chrono::milliseconds(5);
  ASSERT_TRUE(batcher.submit(late).accepted());
  while (Clock::now() < *late->deadline) std::this_thread::yield();
  analyzer_.open();
  EXPECT_EQ(late->wait(), Outcome::too_late);
  EXPECT_THAT(analyzer_.batches(), testing::ElementsAre(1));
}

TEST_F(BatcherTest, ThrowingTextsAreErrorsOfTheirOwn) {
  Batcher batcher(options(1), analyzer_, costs_, metrics_.queue());
  const auto asked = make({"good", "!throw", "also good"});
  ASSERT_TRUE(batcher.submit(asked).accepted());
  EXPECT_EQ(asked->wait(), Outcome::answered);
  EXPECT_TRUE(asked->statuses[0]);
  EXPECT_FALSE(asked->statuses[1]);
  EXPECT_EQ(asked->verdicts[2].characters, 9u);
}

TEST_F(BatcherTest, RawRequestsAreReadByTheWorker) {
  Batcher batcher(options(2), analyzer_, costs_, metrics_.queue());
  const auto raw = make({});
  raw->raw_tokens = 500;
  raw->hidden.assign(30, "abc");
  ASSERT_TRUE(batcher.submit(raw).accepted());
  EXPECT_EQ(raw->wait(), Outcome::answered);
  for (const auto& verdict : raw->verdicts) EXPECT_EQ(verdict.characters, 3u);
  const auto empty = make({});
  ASSERT_TRUE(batcher.submit(empty).accepted());
  EXPECT_EQ(empty->wait(), Outcome::answered);
  const auto nothing = make({});
  nothing->raw_tokens = 5;
  ASSERT_TRUE(batcher.submit(nothing).accepted());
  EXPECT_EQ(nothing->wait(), Outcome::answered);
}

TEST_F(BatcherTest, StopWaitsForTheBatchThatRunsAndDropsTheQueue) {
  const auto first = make({"!wait"}), second = make({"a"});
  {
    Batcher batcher(options(1), analyzer_, costs_, metrics_.queue());
    ASSERT_TRUE(batcher.submit(first).accepted());
    analyzer_.wait_until_scoring();
    ASSERT_TRUE(batcher.submit(second).accepted());
    analyzer_.open();
  }
  EXPECT_EQ(first->wait(), Outcome::answered);
  EXPECT_EQ(second.use_count(), 1);
}

// Everything of a verdict that clients see.
void expect_equal(const engine::Verdict& a, const engine::Verdict& b) {
  EXPECT_EQ(a.overall.probabilities, b.overall.probabilities);
  EXPECT_EQ(a.overall.label, b.overall.label);
  ASSERT_EQ(a.experts.size(), b.experts.size());
  for (std::size_t i = 0; i < a.experts.size(); ++i) EXPECT_EQ(a.experts[i].probabilities, b.experts[i].probabilities);
  ASSERT_EQ(a.overall.evidence.size(), b.overall.evidence.size());
  for (std::size_t i = 0; i < a.overall.evidence.size(); ++i) {
    EXPECT_EQ(a.overall.evidence[i].byte_begin, b.overall.evidence[i].byte_begin);
    EXPECT_EQ(a.overall.evidence[i].weight, b.overall.evidence[i].weight);
  }
}

TEST(BatcherWithEncoder, AnswersDoNotDependOnTheirNeighbours) {
  const auto config = engine::testing::encoder_config(3);
  const auto manifest = engine::testing::encoder_manifest(config, {engine::testing::overall_task()});
  const auto bundle = engine::testing::published_encoder(manifest, config);
  auto engine = engine::Engine::open(std::span(&bundle, 1));
  ASSERT_TRUE(engine) << engine.error().message;
  const EngineAnalyzer analyzer(std::move(*engine));
  const std::vector<std::string_view> words = {"好", "差", "味道", "位", "很好", "不", "很"};
  Random random(7);
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) {
    std::string text;
    for (std::uint64_t n = 1 + random.next() % 12; n > 0; --n) text += words[random.next() % words.size()];
    texts.push_back(text);
  }

  const auto alone = analyzer.open_session();
  metrics::ServerMetrics metrics({}, "test");
  CostTable costs(true);
  BatcherOptions options{.workers = 2, .batch = {.batch_tokens = 64}, .admission = {{1'000'000, 1'000'000}, 0.2}};
  Batcher batcher(options, analyzer, costs, metrics.queue());
  std::vector<TestRequestPtr> requests;
  for (std::size_t i = 0; i < texts.size();) {
    std::vector<std::string_view> own;
    for (std::uint64_t n = 1 + random.next() % 3; n > 0 && i < texts.size(); --n) own.push_back(texts[i++]);
    auto asked = make(own, {.explain = random.next() % 4 == 0});
    for (auto& text : asked->texts) text.tokens = estimate_tokens(text.text);
    if (random.next() % 3 == 0) asked->priority = Priority::bulk;
    if (random.next() % 3 == 0) asked->deadline = Clock::now() + std::chrono::hours(1);
    ASSERT_TRUE(batcher.submit(asked).accepted());
    requests.push_back(asked);
  }
  for (const auto& asked : requests) {
    ASSERT_EQ(asked->wait(), Outcome::answered);
    for (std::size_t i = 0; i < asked->texts.size(); ++i) {
      engine::Verdict expected;
      ASSERT_TRUE(alone->classify(asked->texts[i].text, asked->options, expected));
      ASSERT_TRUE(asked->statuses[i]);
      expect_equal(asked->verdicts[i], expected);
    }
  }
  EXPECT_GT(alone->tokenize_seconds(), 0);
}

}  // namespace
}  // namespace tenor::serving
