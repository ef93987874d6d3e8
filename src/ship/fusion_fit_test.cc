#include "ship/fusion_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "gate/fusion.h"

namespace tenor::ship {
namespace {

const std::vector<std::string> kThree = {"positive", "neutral", "negative"};
const std::vector<std::string> kFour = {"positive", "neutral", "negative", "not_mentioned"};

// Rows of one expert that says `say(gold, random)`; gold is drawn with these odds.
template <class Say>
TaskAnswers answers(const std::vector<std::string>& labels, std::vector<double> odds, std::size_t rows, Say say) {
  TaskAnswers out;
  out.task = labels.size() == 3 ? "overall" : "food";
  out.aspect = labels.size() == 4;
  out.labels = labels;
  out.experts = {"one"};
  Random random(3);
  for (std::size_t r = 0; r < rows; ++r) {
    double draw = random.uniform();
    std::size_t gold = 0;
    while (gold + 1 < odds.size() && draw >= odds[gold]) draw -= odds[gold++];
    std::vector<float> logits = say(gold, random), p(labels.size());
    gate::softmax(logits, p);
    out.probabilities.insert(out.probabilities.end(), p.begin(), p.end());
    out.gold.push_back(static_cast<std::int8_t>(gold));
  }
  out.decided.assign(rows, 0);
  out.fused.assign(rows * labels.size(), 0);
  return out;
}

// Evidence of the gold label in noise, beside what is known of the odds.
auto noisy(std::vector<double> odds, float strength) {
  return [=](std::size_t gold, Random& random) {
    std::vector<float> logits;
    for (std::size_t l = 0; l < odds.size(); ++l) {
      const auto noise = static_cast<float>(random.uniform() + random.uniform() - 1);
      logits.push_back(static_cast<float>(std::log(odds[l])) + (l == gold ? strength : 0.0f) + 2 * noise);
    }
    return logits;
  };
}

TEST(FusionFitTest, OffsetsThatHelpRareLabelsAreKept) {
  const std::vector<double> odds = {0.06, 0.05, 0.06, 0.83};
  std::vector<TaskAnswers> tasks = {answers(kFour, odds, 1500, noisy(odds, 1.5f))};
  const std::vector<std::uint8_t> two_class(1500, 0);
  const auto fitted = fit_fusion(tasks, two_class, {}, {});
  ASSERT_TRUE(fitted) << fitted.error().message;
  const FittedTask& task = fitted->front();
  EXPECT_GT(task.offset_gain, 0);
  EXPECT_GT(task.fusion->offsets[0], 0);
  EXPECT_GT(task.fused.macro_f1, task.average.macro_f1);
  EXPECT_EQ(task.labelled, 1500u);
}

TEST(FusionFitTest, OffsetsThatFitNoiseAreNot) {
  // Nothing is known of the label: whatever offsets earn here they lose on other rows.
  const std::vector<double> odds = {0.25, 0.25, 0.25, 0.25};
  std::vector<TaskAnswers> tasks = {answers(kFour, odds, 60, noisy(odds, 0))};
  FusionOptions options;
  options.offsets.penalty = 0;
  const auto fitted = fit_fusion(tasks, std::vector<std::uint8_t>(60, 0), {}, options);
  ASSERT_TRUE(fitted);
  const FittedTask& task = fitted->front();
  ASSERT_LE(task.offset_gain, 0);
  EXPECT_EQ(task.fusion->offsets, std::vector<float>(4, 0));
  std::vector<TaskAnswers> overall = {answers(kThree, {0.4, 0.3, 0.3}, 60, noisy({0.4, 0.3, 0.3}, 2))};
  const auto whole = fit_fusion(overall, std::vector<std::uint8_t>(60, 0), {}, {});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->front().fusion->offsets, std::vector<float>(3, 0)) << "overall there are none";
}

TEST(FusionFitTest, TwoClassRowsDoNotTeachThatNeutralIsRare) {
  // Half of the rows are of a source whose lukewarm texts are called positive.
  const std::vector<double> odds = {0.3, 0.4, 0.3};
  std::vector<TaskAnswers> tasks = {answers(kThree, odds, 3000, noisy(odds, 2))};
  std::vector<std::uint8_t> two_class(3000, 0);
  for (std::size_t r = 0; r < 3000; r += 2) {
    two_class[r] = 1;
    if (tasks[0].gold[r] == 1) tasks[0].gold[r] = 0;
  }
  const std::vector<std::string> one = {"one"};
  std::vector<TaskAnswers> ignorant = tasks;
  const auto fitted = fit_fusion(tasks, two_class, one, {});
  const auto wrong = fit_fusion(ignorant, std::vector<std::uint8_t>(3000, 0), one, {});
  ASSERT_TRUE(fitted && wrong);
  const auto neutral_bias = [](const std::vector<FittedTask>& all) {
    const auto& bias = all.front().calibrations.at("one").bias;
    return bias[1] - (bias[0] + bias[2]) / 2;
  };
  EXPECT_GT(neutral_bias(*fitted), neutral_bias(*wrong) + 0.3f);
  tasks[0].gold[0] = 1;
  EXPECT_FALSE(fit_fusion(tasks, two_class, {}, {})) << "a two-class row that is neutral";
}

TEST(FusionFitTest, TasksWithoutLabelsHaveNoFusion) {
  std::vector<TaskAnswers> tasks = {answers(kThree, {0.4, 0.3, 0.3}, 20, noisy({0.4, 0.3, 0.3}, 2))};
  tasks[0].gold.assign(20, -1);
  const std::vector<std::string> one = {"one"};
  const auto fitted = fit_fusion(tasks, std::vector<std::uint8_t>(20, 0), one, {});
  ASSERT_TRUE(fitted) << fitted.error().message;
  EXPECT_FALSE(fitted->front().fusion);
  EXPECT_EQ(fitted->front().calibrations.at("one").scale, 1);
}

}  // namespace
}  // namespace tenor::ship
