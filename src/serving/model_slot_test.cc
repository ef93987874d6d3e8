#include "serving/model_slot.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/test_support.h"

namespace tenor::serving {
namespace {

// The toy of that version; `cache` may be null.
ModelSlot::Held toy(const std::string& version, engine::VerdictCache* cache = nullptr) {
  auto model = engine::testing::toy_zh();
  model.edit = [version](bundle::Manifest& manifest) { manifest.version = version; };
  auto engine = engine::testing::open_toys({model});
  EXPECT_TRUE(engine) << engine.error().message;
  return std::make_shared<EngineAnalyzer>(std::move(*engine), cache);
}

std::string version_of(Session& session, std::string_view text = "味道好") {
  engine::Verdict verdict;
  const auto status = session.classify(text, {}, verdict);
  return status ? verdict.model->version : status.error().message;
}

TEST(ModelSlot, SessionsGoOverWithTheirNextCall) {
  ModelSlot slot(toy("1.0.0"));
  const auto session = slot.open_session();
  EXPECT_EQ(version_of(*session), "1.0.0");
  auto old = slot.publish(toy("2.0.0"));
  EXPECT_EQ(version_of(*session), "2.0.0");
  EXPECT_FALSE(held_by_others(old));
  EXPECT_EQ(slot.models().infos.front()->version, "2.0.0");
  EXPECT_FALSE(slot.check({.aspects = {"nonsense"}}));
}

TEST(ModelSlot, AVerdictIsGoodUntilItsSessionRests) {
  ModelSlot slot(toy("1.0.0"));
  const auto session = slot.open_session();
  engine::Verdict verdict;
  ASSERT_TRUE(session->classify("味道好", {}, verdict));
  const auto old = slot.publish(toy("2.0.0"));
  EXPECT_TRUE(held_by_others(old));
  EXPECT_EQ(verdict.model->version, "1.0.0");
  session->rest();
  EXPECT_FALSE(held_by_others(old));
}

TEST(ModelSlot, ARestingSessionKeepsNothingAlive) {
  ModelSlot slot(toy("1.0.0"));
  const auto resting = slot.open_session();
  EXPECT_EQ(version_of(*resting), "1.0.0");
  resting->rest();
  slot.publish(toy("2.0.0"));  // nobody keeps the old one
  EXPECT_EQ(version_of(*resting), "2.0.0");
}

TEST(ModelSlot, ListsOfModelsOutliveTheirModels) {
  ModelSlot slot(toy("1.0.0"));
  const auto before = slot.models();
  slot.publish(toy("2.0.0"));
  EXPECT_EQ(before.infos.front()->version, "1.0.0");
}

// The same digest again must not find answers that point into a model that is gone.
TEST(ModelSlot, ACacheNeverAnswersFromAModelThatIsGone) {
  engine::VerdictCache cache(1 << 20);
  ModelSlot slot(toy("1.0.0", &cache));
  const auto session = slot.open_session();
  for (const char* version : {"1.0.0", "2.0.0", "1.0.0", "1.0.0"}) {
    slot.publish(toy(version, &cache));
    engine::Verdict verdict;
    ASSERT_TRUE(session->classify("味道好", {}, verdict));
    EXPECT_EQ(verdict.cache, engine::CacheUse::miss);
    const auto models = slot.models();
    EXPECT_EQ(verdict.model, models.infos.front());
    ASSERT_TRUE(session->recall("味道好", {}, verdict));
    EXPECT_EQ(verdict.model, models.infos.front());
  }
}

TEST(ModelSlot, AThousandSwapsUnderLoad) {
  ModelSlot slot(toy("0.0.0"));
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::atomic<std::size_t> answered = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&] {
      const auto session = slot.open_session();
      while (!stop) {
        if (version_of(*session).size() != 5) ++wrong;
        session->rest();
        ++answered;
      }
    });
  }
  const std::vector<ModelSlot::Held> models = {toy("1.0.0"), toy("2.0.0")};
  std::weak_ptr<const Analyzer> last;
  for (std::size_t swap = 0; swap < 1000; ++swap) slot.publish(models[swap % 2]);
  for (std::size_t swap = 0; swap < 50; ++swap) {  // these are opened for the swap and destroyed after it
    auto fresh = toy("3.0.0");
    last = fresh;
    slot.publish(std::move(fresh));
  }
  slot.publish(models[0]);
  while (answered < 100) std::this_thread::yield();
  stop = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(last.expired());
}

}  // namespace
}  // namespace tenor::serving
