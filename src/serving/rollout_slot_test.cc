#include "serving/rollout_slot.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tenor::serving {
namespace {

// Answers with its own name.
class Named final : public Analyzer {
 public:
  explicit Named(std::string name) {
    info_.name = std::move(name);
    info_.tasks = {{"overall", false, {"negative", "positive"}}};
  }
  std::unique_ptr<Session> open_session() const override { return std::make_unique<Answering>(info_); }
  Status check(const engine::Options& /*options*/) const override { return {}; }
  LoadedModels models() const override { return {{&info_}}; }

 private:
  class Answering final : public Session {
   public:
    explicit Answering(const engine::ModelInfo& info) : info_(info) {}
    Status classify(std::string_view /*text*/, const engine::Options& /*options*/, engine::Verdict& verdict) override {
      verdict.model = &info_;
      verdict.overall.task = &info_.tasks.front();
      return {};
    }

   private:
    const engine::ModelInfo& info_;
  };
  engine::ModelInfo info_;
};

// A rollout and its analyzer, as one owner.
struct Running {
  Running(const std::string& live, const std::string& canary)
      : rollout({"test", live, canary, {}, {}, {}}, std::nullopt, {}, {}),
        analyzer({std::make_shared<Named>(live), std::make_shared<Named>(canary)}, rollout, 10, 10) {}
  rollout::Rollout rollout;
  ArmedAnalyzer analyzer;
};

RolloutSlot::Held held(const std::shared_ptr<Running>& running) {
  return {running, &running->analyzer};
}

class RolloutSlotTest : public ::testing::Test {
 protected:
  std::string answered_by(Session& session) {
    EXPECT_TRUE(session.classify("text", {}, verdict_));
    return verdict_.model->name;
  }

  std::shared_ptr<Running> first_ = std::make_shared<Running>("a", "b");
  std::shared_ptr<Running> second_ = std::make_shared<Running>("b", "c");
  RolloutSlot slot_{held(first_)};
  std::unique_ptr<Session> session_ = slot_.open_session();
  engine::Verdict verdict_;
};

TEST_F(RolloutSlotTest, WhoWasDealtAnArmIsAnsweredByIt) {
  const Arm dealt{1, false, slot_.current()};
  session_->take_arm(dealt);
  EXPECT_EQ(answered_by(*session_), "b");
  slot_.publish(held(second_));
  session_->take_arm({1, false, slot_.current()});
  EXPECT_EQ(answered_by(*session_), "c");
  session_->take_arm(dealt);  // one that waited
  EXPECT_EQ(answered_by(*session_), "b");
  EXPECT_EQ(first_->rollout.report().state.arms[1].total.errors.of, 2U);
  EXPECT_EQ(second_->rollout.report().state.arms[1].total.errors.of, 1U);
}

TEST_F(RolloutSlotTest, WithoutAnArmTheRolloutOfNowAnswers) {
  EXPECT_EQ(answered_by(*session_), "a");
  slot_.publish(held(second_));
  session_->rest();
  EXPECT_EQ(answered_by(*session_), "b");
  EXPECT_EQ(slot_.models().infos.front()->name, "b");
}

TEST_F(RolloutSlotTest, ASessionThatRestsKeepsNoRollout) {
  EXPECT_EQ(answered_by(*session_), "a");
  slot_.publish(held(second_));
  const std::weak_ptr<Running> gone = std::exchange(first_, nullptr);
  EXPECT_FALSE(gone.expired());
  session_->rest();
  EXPECT_TRUE(gone.expired());
  session_->rest();
  EXPECT_EQ(answered_by(*session_), "b");
}

TEST_F(RolloutSlotTest, ModelsOfARolloutLiveAsLongAsTheyAreLookedAt) {
  const auto models = slot_.models();
  slot_.publish(held(second_));
  first_.reset();
  EXPECT_EQ(models.infos.front()->name, "a");
  EXPECT_EQ(models.infos.size(), 2U);
}

}  // namespace
}  // namespace tenor::serving
