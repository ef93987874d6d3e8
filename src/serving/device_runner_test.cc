#include "serving/device_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>

#include "metrics/server_metrics.h"
#include "serving/batcher.h"

namespace tenor::serving {
namespace {

using devices::Gpu;
using devices::Health;
using devices::Snapshot;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

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
  bool opens = true;
  std::mutex mutex;
  std::vector<std::size_t> runs;  // their texts, those that failed included
  std::size_t opened = 0;

  DeviceOffer offer(const std::string& id);
};

class ScriptedExecutor final : public Executor {
 public:
  explicit ScriptedExecutor(ScriptedDevice& device) : device_(device) {}

  std::optional<DeviceFailure> run(std::span<const std::string_view> texts, const engine::Options&,
                                   std::span<engine::Verdict> verdicts, std::span<Status> statuses) override {
    {
      const std::lock_guard lock(device_.mutex);
      device_.runs.push_back(texts.size());
    }
    if (device_.throws) throw std::runtime_error("as asked");
    const bool lost = --device_.runs_left < 0;
    const bool full = texts.size() > device_.most_texts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (lost || full) {
        verdicts[i].characters = 999;
        statuses[i] = fail(ErrorCode::corrupt, "nonsense");
      } else {
        statuses[i] = answer_text(texts[i], verdicts[i]);
      }
    }
    if (lost) return DeviceFailure::lost;
    return full ? std::optional(DeviceFailure::out_of_memory) : std::nullopt;
  }

 private:
  ScriptedDevice& device_;
};

DeviceOffer ScriptedDevice::offer(const std::string& id) {
  return {id,
          [this]() -> std::unique_ptr<Executor> {
            const std::lock_guard lock(mutex);
            ++opened;
            return opens ? std::make_unique<ScriptedExecutor>(*this) : nullptr;
          },
          0, 0};
}

class PlainCpu final : public Executor {
 public:
  std::optional<DeviceFailure> run(std::span<const std::string_view> texts, const engine::Options&,
                                   std::span<engine::Verdict> verdicts, std::span<Status> statuses) override {
    runs.push_back(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) statuses[i] = answer_text(texts[i], verdicts[i]);
    return std::nullopt;
  }
  std::vector<std::size_t> runs;
};

// One batch through a runner of its own, or of the fixture's board; checks every answer.
class DeviceRunnerTest : public testing::Test {
 protected:
  void set_board(std::vector<DeviceOffer> offers, SnapshotSource snapshot = {}) {
    board_.emplace(std::move(offers), std::move(snapshot));
    runner_.emplace(*board_, cpu_);
  }

  // How many of the texts got an answer; all others have an error that is not nonsense.
  std::size_t run(std::size_t count, std::optional<Clock::time_point> deadline = {}) {
    std::vector<std::string> storage;
    for (std::size_t i = 0; i < count; ++i) storage.emplace_back(i + 1, 'x');
    const std::vector<std::string_view> texts(storage.begin(), storage.end());
    const std::vector<std::uint32_t> tokens(count, 10);
    std::vector<engine::Verdict> verdicts(count);
    std::vector<Status> statuses(count);
    runner_->run({texts, tokens, verdicts, statuses, 0, 10, deadline}, {});
    std::size_t answered = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (statuses[i]) {
        EXPECT_EQ(verdicts[i].characters, i + 1);
        ++answered;
      } else {
        EXPECT_EQ(statuses[i].error().code, ErrorCode::io);
      }
    }
    return answered;
  }

  ScriptedDevice first_, second_;
  PlainCpu cpu_;
  std::optional<DeviceBoard> board_;
  std::optional<DeviceRunner> runner_;
};

TEST_F(DeviceRunnerTest, UsesTheFasterDevice) {
  set_board({first_.offer("GPU-a")});
  EXPECT_EQ(run(8), 8U);
  EXPECT_THAT(first_.runs, ElementsAre(8));
  EXPECT_THAT(cpu_.runs, IsEmpty());
}

TEST_F(DeviceRunnerTest, HalvesWhatDoesNotFit) {
  set_board({first_.offer("GPU-a")});
  first_.most_texts = 3;
  EXPECT_EQ(run(10), 10U);
  EXPECT_THAT(first_.runs, ElementsAre(10, 5, 2, 3, 5, 2, 3));
  EXPECT_THAT(cpu_.runs, IsEmpty());
}

TEST_F(DeviceRunnerTest, SingleTextsThatDoNotFitGoElsewhere) {
  set_board({first_.offer("GPU-a")});
  first_.most_texts = 0;
  EXPECT_EQ(run(4), 4U);
  EXPECT_THAT(cpu_.runs, ElementsAre(1, 1, 1, 1));
  EXPECT_EQ(run(1), 1U);
  EXPECT_EQ(first_.opened, 1U);  // it is not lost
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

TEST_F(DeviceRunnerTest, GivesUpWhereTheDeadlineHasPassed) {
  set_board({first_.offer("GPU-a")});
  first_.runs_left = 0;
  EXPECT_EQ(run(4, Clock::now() - std::chrono::seconds(1)), 0U);
  EXPECT_THAT(cpu_.runs, IsEmpty());
  EXPECT_EQ(run(4, Clock::now() + std::chrono::hours(1)), 4U);
}

TEST_F(DeviceRunnerTest, TakesExceptionsAndDevicesThatDoNotOpenForLost) {
  set_board({first_.offer("GPU-a"), second_.offer("GPU-b")});
  first_.throws = true;
  second_.opens = false;
  EXPECT_EQ(run(4), 4U);
  EXPECT_EQ(run(4), 4U);
  EXPECT_EQ(first_.runs.size(), 1U);
  EXPECT_EQ(second_.opened, 1U);
  EXPECT_THAT(cpu_.runs, ElementsAre(4, 4));
}

TEST_F(DeviceRunnerTest, HeedsTheMonitor) {
  auto snapshot = std::make_shared<Snapshot>();
  Gpu gpu;
  gpu.identity.uuid = "GPU-a";
  gpu.health = Health::failed;
  snapshot->gpus = {gpu};
  auto offer = first_.offer("GPU-a");
  offer.token_bytes = std::uint64_t{1} << 20;
  set_board({offer}, [&] { return snapshot; });
  EXPECT_EQ(run(4), 4U);
  snapshot->gpus[0].health = Health::ok;
  snapshot->gpus[0].sample.free_bytes = std::uint64_t{280} << 20;  // 256 are left alone, the batch needs 40
  EXPECT_EQ(run(4), 4U);
  EXPECT_THAT(first_.runs, IsEmpty());
  EXPECT_EQ(run(2), 2U);
  EXPECT_THAT(first_.runs, IsEmpty());  // it would be faster, but not yet for long enough
  runner_.emplace(*board_, cpu_);
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
