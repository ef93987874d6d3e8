#include "serving/device_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <thread>

#include "metrics/server_metrics.h"
#include "serving/batcher.h"

namespace tenor::serving {
namespace {

using devices::Gpu;
using devices::Health;
using devices::Snapshot;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Status answer_text(std::string_view text, engine::Verdict& verdict) {
  if (text.empty()) return fail(ErrorCode::empty_text, "empty");
  verdict.characters = static_cast<std::uint32_t>(text.size());
  return {};
}

class PlainSession final : public Session {
 public:
  Status classify(std::string_view text, const engine::Options&, engine::Verdict& verdict) override {
    return answer_text(text, verdict);
  }
};

class PlainAnalyzer final : public Analyzer {
 public:
  std::unique_ptr<Session> open_session() const override { return std::make_unique<PlainSession>(); }
  Status check(const engine::Options&) const override { return {}; }
  LoadedModels models() const override { return {}; }
};

// A device that does what a test tells it to. Its failures leave nonsense behind, as a real one's may.
struct ScriptedDevice {
  std::size_t most_texts = 1000;      // more do not fit
  std::atomic<int> runs_left = 1000;  // then it is lost
  bool throws = false;
  bool hangs = false;
  std::atomic<bool> opens = true;
  std::mutex mutex;
  std::vector<std::size_t> runs;  // their texts, those that failed included
  std::size_t opened = 0;
  Clock::duration patience{};  // of the last run

  DeviceOffer offer(const std::string& id, double token_us = 1);
};

class ScriptedExecutor final : public Executor {
 public:
  explicit ScriptedExecutor(ScriptedDevice& device) : device_(device) {}

  RunStatus run(const ExecutorWork& work) override {
    {
      const std::lock_guard lock(device_.mutex);
      device_.runs.push_back(work.texts.size());
      device_.patience = work.latest - Clock::now();
    }
    if (device_.throws) throw std::runtime_error("as asked");
    if (device_.hangs) std::this_thread::sleep_until(work.latest);
    const bool lost = device_.hangs || --device_.runs_left < 0;
    const bool full = work.texts.size() > device_.most_texts;
    for (std::size_t i = 0; i < work.texts.size(); ++i) {
      if (lost || full) {
        work.verdicts[i].characters = 999;
        work.statuses[i] = fail(ErrorCode::corrupt, "nonsense");
      } else {
        work.statuses[i] = answer_text(work.texts[i], work.verdicts[i]);
      }
    }
    if (lost) return tl::unexpected(DeviceFailure{DeviceFailure::Kind::lost, "as asked"});
    if (full) return tl::unexpected(DeviceFailure{DeviceFailure::Kind::out_of_memory, "as asked"});
    return {};
  }
  double tokenize_seconds() const override { return 0; }
  void rest() override {}

 private:
  ScriptedDevice& device_;
};

DeviceOffer ScriptedDevice::offer(const std::string& id, double token_us) {
  return {id,
          [this]() -> std::unique_ptr<Executor> {
            const std::lock_guard lock(mutex);
            ++opened;
            return opens ? std::make_unique<ScriptedExecutor>(*this) : nullptr;
          },
          token_us, 0, 0};
}

class PlainCpu final : public Executor {
 public:
  RunStatus run(const ExecutorWork& work) override {
    runs.push_back(work.texts.size());
    hurried.push_back(work.options.deadline_us.has_value());
    if (throws) throw std::runtime_error("as asked");
    if (throws_at > 0 && work.texts.size() >= throws_at) {
      return tl::unexpected(DeviceFailure{DeviceFailure::Kind::threw, "as asked"});
    }
    for (std::size_t i = 0; i < work.texts.size(); ++i) {
      work.statuses[i] = answer_text(work.texts[i], work.verdicts[i]);
    }
    return {};
  }
  double tokenize_seconds() const override { return 0.001 * static_cast<double>(runs.size()); }
  void rest() override {}

  bool throws = false;
  std::size_t throws_at = 0;  // texts
  std::vector<std::size_t> runs;
  std::vector<bool> hurried;
};

constexpr Clock::time_point kNever = Clock::time_point::max();

// Batches through a runner; checks every answer.
class DeviceRunnerTest : public testing::Test {
 protected:
  // Tokens take the CPU 10 us, and devices that say nothing else 1 us.
  void set_board(std::vector<DeviceOffer> offers, SnapshotSource snapshot = {}, const PlacementRules& rules = {}) {
    board_.emplace(costs_, std::move(offers), std::move(snapshot), rules);
    runner_.emplace(*board_, cpu_);
  }

  // How many of the texts got an answer; all others have an error that is not nonsense.
  std::size_t run(std::size_t count, const std::vector<Clock::time_point>& given = {}, std::uint32_t tokens_each = 10) {
    std::vector<std::string> storage;
    for (std::size_t i = 0; i < count; ++i) storage.emplace_back(i + 1, 'x');
    const std::vector<std::string_view> texts(storage.begin(), storage.end());
    const std::vector<std::uint32_t> tokens(count, tokens_each);
    auto deadlines = given;
    deadlines.resize(count, kNever);
    std::vector<engine::Verdict> verdicts(count);
    std::vector<Status> statuses(count);
    std::vector<int> seen(count);
    std::size_t answered = 0;
    const engine::Options options;
    const auto done = [&](std::size_t first, std::size_t some) {
      for (std::size_t i = first; i < first + some; ++i) {
        ++seen[i];
        if (statuses[i]) {
          EXPECT_EQ(verdicts[i].characters, i + 1);
          ++answered;
        } else {
          EXPECT_EQ(statuses[i].error().code, ErrorCode::io);
        }
      }
    };
    runner_->run({texts, tokens, deadlines, verdicts, statuses, &options, kKind, {}}, done);
    EXPECT_THAT(seen, Each(1));
    return answered;
  }

  static constexpr WorkKind kKind = 0;
  CostTable costs_{true};
  ScriptedDevice first_, second_;
  PlainCpu cpu_;
  std::optional<DeviceBoard> board_;
  std::optional<DeviceRunner> runner_;
};

TEST_F(DeviceRunnerTest, ComputesOnTheCpuWhereThereIsNothingElse) {
  set_board({});
  EXPECT_EQ(run(8), 8U);
  EXPECT_THAT(cpu_.runs, ElementsAre(8));
  EXPECT_NEAR(runner_->tokenize_us(), 1000, 1e-6);
  const double before = costs_.token_us(kKind);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(run(8), 8U);
  EXPECT_LT(costs_.token_us(kKind), before);  // it takes no time, and the table learns that
}

TEST_F(DeviceRunnerTest, OneTextThatMakesTheCpuThrowCostsNobodyElseTheAnswer) {
  set_board({});
  cpu_.throws_at = 2;
  EXPECT_EQ(run(3), 3U);
  EXPECT_THAT(cpu_.runs, ElementsAre(3, 1, 1, 1));
  cpu_.throws_at = 1;
  EXPECT_EQ(run(3), 0U);
  cpu_.throws = true;
  EXPECT_EQ(run(3), 0U);
  cpu_ = {};
  EXPECT_EQ(run(3), 3U);
}

TEST_F(DeviceRunnerTest, UsesTheFasterDevice) {
  set_board({first_.offer("GPU-a")});
  EXPECT_EQ(run(8), 8U);
  EXPECT_THAT(first_.runs, ElementsAre(8));
  EXPECT_THAT(cpu_.runs, IsEmpty());
}

TEST_F(DeviceRunnerTest, SmallAndLargeBatchesStandApart) {
  set_board({first_.offer("GPU-a")});
  const auto now = Clock::now();
  board_->measured({0, kKind, 10, 1000, now});  // slower than the CPU
  board_->measured({0, kKind, 1000, 1100, now});
  EXPECT_EQ(run(1), 1U);
  EXPECT_EQ(run(1, {}, 1000), 1U);  // though the worker stood on the CPU for small ones a moment ago
  EXPECT_EQ(cpu_.runs.size(), 1U);
  EXPECT_EQ(first_.runs.size(), 1U);
}

TEST_F(DeviceRunnerTest, HalvesWhatDoesNotFit) {
  set_board({first_.offer("GPU-a")});
  first_.most_texts = 3;
  EXPECT_EQ(run(10), 10U);
  EXPECT_THAT(first_.runs, ElementsAre(10, 5, 3, 2, 5, 3, 2));
  EXPECT_THAT(cpu_.runs, IsEmpty());
}

TEST_F(DeviceRunnerTest, SingleTextsThatDoNotFitGoElsewhere) {
  set_board({first_.offer("GPU-a")});
  first_.most_texts = 0;
  EXPECT_EQ(run(4), 4U);
  EXPECT_THAT(cpu_.runs, ElementsAre(1, 1, 1, 1));
  EXPECT_EQ(run(1), 1U);
  EXPECT_EQ(first_.runs.back(), 1U);
  EXPECT_EQ(board_->losses(0), 0U);
}

TEST_F(DeviceRunnerTest, ALostDevicesBatchGoesElsewhereAndNothingNewComes) {
  set_board({first_.offer("GPU-a"), second_.offer("GPU-b")});
  first_.runs_left = 1;
  EXPECT_EQ(run(4), 4U);
  EXPECT_EQ(run(4), 4U);
  EXPECT_EQ(run(4), 4U);
  EXPECT_THAT(first_.runs, ElementsAre(4, 4));
  EXPECT_THAT(second_.runs, ElementsAre(4, 4));
  second_.runs_left = 0;
  EXPECT_EQ(run(4), 4U);
  EXPECT_EQ(run(4), 4U);
  EXPECT_THAT(cpu_.runs, ElementsAre(4, 4));
  EXPECT_EQ(first_.runs.size(), 2U);
}

TEST_F(DeviceRunnerTest, LosesADeviceBetweenTheHalves) {
  set_board({first_.offer("GPU-a")});
  first_.most_texts = 4;
  first_.runs_left = 2;
  EXPECT_EQ(run(8), 8U);
  EXPECT_THAT(first_.runs, ElementsAre(8, 4, 4));
  EXPECT_THAT(cpu_.runs, ElementsAre(4));
}

TEST_F(DeviceRunnerTest, TheDeadlineOfOneTextHurriesNoOther) {
  set_board({first_.offer("GPU-a")});
  first_.runs_left = 0;
  const auto now = Clock::now();
  const auto past = now - std::chrono::seconds(1), far = now + std::chrono::hours(1);
  EXPECT_EQ(run(5, {far, past, past, kNever, far}), 5U);
  EXPECT_THAT(cpu_.runs, UnorderedElementsAre(1, 2, 2));
  for (std::size_t i = 0; i < cpu_.runs.size(); ++i) EXPECT_EQ(cpu_.hurried[i], i == 1);
}

TEST_F(DeviceRunnerTest, DoesNotWaitForADeviceThatHangs) {
  set_board({first_.offer("GPU-a")}, {}, {.patience = 1, .patience_us = 20'000});
  first_.hangs = true;
  EXPECT_EQ(run(4), 4U);
  EXPECT_GT(first_.patience, std::chrono::milliseconds(1));
  EXPECT_LE(first_.patience, std::chrono::milliseconds(20));
  EXPECT_EQ(run(4), 4U);
  EXPECT_THAT(first_.runs, ElementsAre(4));
  EXPECT_THAT(cpu_.runs, ElementsAre(4, 4));
}

TEST_F(DeviceRunnerTest, WaitsNoLongerThanTheDeadlineAllows) {
  set_board({first_.offer("GPU-a")});
  first_.hangs = true;
  const auto begin = Clock::now();
  EXPECT_EQ(run(4, {begin + std::chrono::milliseconds(200)}, 250), 4U);  // which take the CPU 10 ms
  EXPECT_LE(first_.patience, std::chrono::milliseconds(180));
  EXPECT_GT(first_.patience, std::chrono::milliseconds(1));
  EXPECT_EQ(std::accumulate(cpu_.runs.begin(), cpu_.runs.end(), std::size_t{0}), 4U);
}

TEST_F(DeviceRunnerTest, TakesExceptionsAndDevicesThatDoNotOpenForLost) {
  first_.throws = true;
  second_.opens = false;
  set_board({first_.offer("GPU-a"), second_.offer("GPU-b")});
  EXPECT_EQ(run(4), 4U);
  EXPECT_EQ(run(4), 4U);
  runner_->rest();
  EXPECT_EQ(first_.runs.size(), 1U);
  EXPECT_EQ(second_.opened, 1U);  // not again before a while is over
  EXPECT_THAT(cpu_.runs, ElementsAre(4, 4));
}

TEST_F(DeviceRunnerTest, OneWorkersLossIsEveryWorkers) {
  set_board({first_.offer("GPU-a")});
  DeviceRunner other(*board_, cpu_);
  EXPECT_EQ(first_.opened, 2U);
  first_.runs_left = 0;
  EXPECT_EQ(run(4), 4U);
  EXPECT_EQ(board_->losses(0), 1U);
  board_->lost(0, 0, Clock::now());  // the other one was computing as well
  EXPECT_EQ(board_->losses(0), 1U);
  std::vector<DeviceState> states;
  board_->describe(10, kKind, Clock::now(), states);
  EXPECT_TRUE(states[0].draining);
  board_->describe(10, kKind, Clock::now() + std::chrono::seconds(11), states);
  EXPECT_FALSE(states[0].draining);
}

TEST_F(DeviceRunnerTest, HeedsTheMonitor) {
  auto snapshot = std::make_shared<Snapshot>();
  Gpu gpu;
  gpu.identity.uuid = "GPU-a";
  gpu.health = Health::failed;
  snapshot->gpus = {gpu};
  auto offer = first_.offer("GPU-a");
  offer.token_bytes = std::uint64_t{1} << 20;
  set_board({offer}, [&] { return snapshot; }, {.settle_us = 0});
  EXPECT_EQ(run(4), 4U);
  snapshot->gpus[0].health = Health::ok;
  snapshot->gpus[0].sample.free_bytes = std::uint64_t{280} << 20;  // 256 are left alone, the batch needs 40
  EXPECT_EQ(run(4), 4U);
  EXPECT_THAT(first_.runs, IsEmpty());
  EXPECT_EQ(run(2), 2U);
  EXPECT_THAT(first_.runs, ElementsAre(2));
  snapshot->gpus.clear();  // it is not known any more
  EXPECT_EQ(run(2), 2U);
  EXPECT_THAT(first_.runs, ElementsAre(2));
}

class DeviceRequest final : public Request {
 public:
  explicit DeviceRequest(std::size_t count) : seen(count) {
    for (std::size_t i = 0; i < count; ++i) storage.emplace_back(i % 7, 'x');
    for (const std::string& text : storage) texts.push_back({text, 10});
    group = engine::options_key(options);
    kind = kind_of(options);
  }
  void deliver(std::size_t text, engine::Verdict& verdict, const Status& status, const ScoringTimes&) override {
    const std::size_t size = storage[text].size();
    const bool right =
        size == 0 ? !status && status.error().code == ErrorCode::empty_text : status && verdict.characters == size;
    wrong += right ? 0 : 1;
    ++seen[text];
  }
  void finish(Outcome outcome) override { finished.set_value(outcome); }

  std::vector<std::string> storage;
  std::vector<std::atomic<int>> seen;
  std::atomic<int> wrong = 0;
  std::promise<Outcome> finished;
};

TEST(BatcherDevices, LoseNothingWhileDevicesFail) {
  ScriptedDevice small, dying, late;
  small.most_texts = 3;
  dying.runs_left = 5;
  late.runs_left = 40;
  const PlainAnalyzer analyzer;
  CostTable costs(true);
  metrics::ServerMetrics metrics({}, "test");
  BatcherOptions options;
  options.workers = 4;
  options.admission.queue_tokens = {1'000'000, 1'000'000};
  options.devices = {small.offer("GPU-a"), dying.offer("GPU-b"), late.offer("GPU-c")};
  std::vector<std::shared_ptr<DeviceRequest>> requests;
  {
    Batcher batcher(options, analyzer, costs, metrics.queue());
    for (std::size_t i = 0; i < 300; ++i) {
      requests.push_back(std::make_shared<DeviceRequest>(1 + i % 20));
      ASSERT_TRUE(batcher.submit(requests.back()).accepted());
    }
    for (const auto& request : requests) EXPECT_EQ(request->finished.get_future().get(), Outcome::answered);
  }
  for (const auto& request : requests) {
    EXPECT_EQ(request->wrong, 0);
    for (const auto& times : request->seen) EXPECT_EQ(times, 1);
  }
  EXPECT_GT(small.runs.size() + dying.runs.size() + late.runs.size(), 0U);
}

}  // namespace
}  // namespace tenor::serving
