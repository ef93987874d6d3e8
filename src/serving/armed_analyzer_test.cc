#include "serving/armed_analyzer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenor::serving {
namespace {

// Answers everything with one label; texts that begin with '!' are its own failure, empty ones the request's fault.
class OneLabel final : public Analyzer {
 public:
  OneLabel(std::string name, std::string label) : label_(std::move(label)) {
    info_.name = std::move(name);
    info_.tasks = {{"overall", false, {"negative", "neutral", "positive"}}};
    if (label_ == "odd") info_.tasks.front().labels = {"odd"};
  }

  std::unique_ptr<Session> open_session() const override { return std::make_unique<Answering>(*this); }
  Status check(const engine::Options& options) const override {
    if (options.aspects.empty() || info_.name == "zh-3") return {};
    return fail(ErrorCode::invalid_argument, "no aspects in " + info_.name);
  }
  LoadedModels models() const override { return {{&info_}}; }

 private:
  class Answering final : public Session {
   public:
    explicit Answering(const OneLabel& analyzer) : analyzer_(analyzer) {}
    Status classify(std::string_view text, const engine::Options&, engine::Verdict& verdict) override {
      if (text.empty()) return fail(ErrorCode::empty_text, "empty");
      if (text.front() == '!') return fail(ErrorCode::io, "broken");
      verdict.model = &analyzer_.info_;
      verdict.gated = true;
      verdict.overall.uncertain = text.front() == '?';
      verdict.overall.task = &analyzer_.info_.tasks.front();
      const auto& labels = verdict.overall.task->labels;
      verdict.overall.label =
          static_cast<std::uint8_t>(std::find(labels.begin(), labels.end(), analyzer_.label_) - labels.begin());
      verdict.cache = text.front() == 'c' ? engine::CacheUse::hit : engine::CacheUse::none;
      return {};
    }
    bool recall(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
      return text.front() == 'c' && classify(text, options, verdict);
    }

   private:
    const OneLabel& analyzer_;
  };

  engine::ModelInfo info_;
  const std::string label_;
};

rollout::Plan plan_of() {
  rollout::Plan plan;
  plan.name = "test";
  plan.live = "zh-1";
  plan.canary = "zh-2";
  plan.shadows = {"zh-3"};
  return plan;
}

class ArmedAnalyzerTest : public ::testing::Test {
 protected:
  rollout::ArmCounts counts(std::size_t arm) const { return rollout_.report().state.arms[arm]; }

  rollout::Rollout rollout_{plan_of(), std::nullopt, {}, {}};
  ArmedAnalyzer analyzer_{{std::make_shared<OneLabel>("zh-1", "positive"),
                           std::make_shared<OneLabel>("zh-2", "negative"), std::make_shared<OneLabel>("zh-3", "odd")},
                          rollout_,
                          100,
                          100};
  std::unique_ptr<Session> session_ = analyzer_.open_session();
  engine::Verdict verdict_;
};

TEST_F(ArmedAnalyzerTest, AsksTheArmThatWasTaken) {
  ASSERT_TRUE(session_->classify("x", {}, verdict_));
  EXPECT_EQ(verdict_.overall.label_name(), "positive");
  session_->take_arm({1});
  ASSERT_TRUE(session_->classify("x", {}, verdict_));
  EXPECT_EQ(verdict_.overall.label_name(), "negative");
  session_->take_arm({2});  // a shadow answers nobody
  ASSERT_TRUE(session_->classify("x", {}, verdict_));
  EXPECT_EQ(verdict_.overall.label_name(), "positive");
  EXPECT_EQ(analyzer_.models().infos.size(), 2U);
  EXPECT_FALSE(analyzer_.check({.aspects = {"food"}}));
  EXPECT_TRUE(analyzer_.check({}));
}

TEST_F(ArmedAnalyzerTest, CountsNothingOfAnArmThatWasNamed) {
  session_->take_arm({2, true});  // a shadow, too
  ASSERT_TRUE(session_->classify("x", {}, verdict_));
  EXPECT_EQ(verdict_.model->name, "zh-3");
  session_->take_arm({0, true});
  ASSERT_TRUE(session_->classify("x", {}, verdict_));
  ASSERT_TRUE(session_->recall("cached", {}, verdict_));
  EXPECT_FALSE(session_->classify("!", {}, verdict_));
  analyzer_.wait_for_shadows();
  for (const std::size_t arm : {0U, 1U, 2U}) {
    EXPECT_EQ(counts(arm).total, rollout::ArmSummary{});
    EXPECT_EQ(counts(arm).disagreements, rollout::Rate{});
  }
  EXPECT_FALSE(*analyzer_.learn_of_text("x", "positive"));
}

TEST_F(ArmedAnalyzerTest, CountsWhatEachArmDid) {
  session_->take_arm({1});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(session_->classify("cold", {}, verdict_));
  EXPECT_EQ(counts(1).total.log_latency.n, 0U);
  EXPECT_TRUE(session_->classify("x", {}, verdict_));
  EXPECT_TRUE(session_->classify("? maybe", {}, verdict_));
  EXPECT_TRUE(session_->recall("cached", {}, verdict_));
  EXPECT_FALSE(session_->classify("!", {}, verdict_));
  EXPECT_FALSE(session_->classify("", {}, verdict_));
  const std::vector<std::string_view> texts = {"a", "b", ""};
  std::vector<engine::Verdict> verdicts(3);
  std::vector<Status> statuses(3);
  session_->classify_batch(texts, {}, verdicts, statuses);
  const rollout::ArmSummary sums = counts(1).total;
  EXPECT_EQ(sums.errors, (rollout::Rate{1, 9}));
  EXPECT_EQ(sums.log_latency.n, 2U);  // of those that were scored alone, and were not in a cache
  EXPECT_EQ(sums.abstentions, (rollout::Rate{1, 8}));
  EXPECT_EQ(sums.labels[0], 8U);
  EXPECT_EQ(counts(0).total, rollout::ArmSummary{});
}

TEST_F(ArmedAnalyzerTest, ShowsLiveAnswersToShadows) {
  EXPECT_TRUE(session_->classify("x", {}, verdict_));
  EXPECT_TRUE(session_->classify("y", {.explain = true}, verdict_));
  EXPECT_FALSE(session_->classify("!", {}, verdict_));
  session_->take_arm({1});
  EXPECT_TRUE(session_->classify("z", {}, verdict_));
  analyzer_.wait_for_shadows();
  EXPECT_EQ(counts(2).disagreements, (rollout::Rate{2, 2}));
  EXPECT_EQ(counts(2).dropped, 0U);
  EXPECT_EQ(counts(2).total, rollout::ArmSummary{});
}

TEST_F(ArmedAnalyzerTest, LearnsFromFeedbackOnce) {
  EXPECT_TRUE(session_->classify("x", {}, verdict_));
  session_->take_arm({1});
  EXPECT_TRUE(session_->classify("y", {}, verdict_));
  analyzer_.remember_request("id-7", 0, 1, "negative");
  EXPECT_EQ(analyzer_.learn_of_text("x", "positive").value(), true);
  EXPECT_EQ(analyzer_.learn_of_text("x", "positive").value(), false);
  EXPECT_EQ(analyzer_.learn_of_text("unseen", "positive").value(), false);
  EXPECT_EQ(analyzer_.learn_of_request("id-7", 0, "positive").value(), true);
  EXPECT_EQ(analyzer_.learn_of_request("id-7", 1, "positive").value(), false);
  EXPECT_EQ(analyzer_.learn_of_request("id-8", 0, "positive").value(), false);
  EXPECT_FALSE(analyzer_.learn_of_text("y", "great"));
  EXPECT_EQ(counts(0).total.wrong, (rollout::Rate{0, 1}));
  EXPECT_EQ(counts(1).total.wrong, (rollout::Rate{1, 1}));
}

TEST(FeedbackMemory, ForgetsTheOldest) {
  FeedbackMemory memory(2);
  memory.remember_text("a", {0, 1});
  memory.remember_text("b", {1, 2});
  memory.remember_text("a", {1, 0});  // again: newer than b
  memory.remember_text("c", {0, 0});
  EXPECT_FALSE(memory.take_text("b"));
  const auto a = memory.take_text("a");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->arm, 1U);
  EXPECT_TRUE(memory.take_text("c"));
  EXPECT_FALSE(memory.take_text("c"));
  for (int i = 0; i < 100; ++i) memory.remember_request(std::to_string(i), 0, {});
  EXPECT_FALSE(memory.take_request("97", 0));
  EXPECT_TRUE(memory.take_request("98", 0));
  EXPECT_TRUE(memory.take_request("99", 0));
}

TEST(ShadowScorer, DropsWhatItsQueueCannotHold) {
  rollout::Rollout rollout(plan_of(), std::nullopt, {}, {});
  ShadowScorer scorer({{2, std::make_shared<OneLabel>("zh-3", "positive")}}, 0, rollout);
  scorer.offer("x", {}, "positive");
  scorer.wait_until_idle();
  EXPECT_EQ(rollout.report().state.arms[2].dropped, 1U);
  EXPECT_EQ(rollout.report().state.arms[2].disagreements.of, 0U);
}

}  // namespace
}  // namespace tenor::serving
