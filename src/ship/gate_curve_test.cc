#include "ship/gate_curve.h"

#include <gtest/gtest.h>

#include "ship/gate_models.h"

namespace tenor::ship {
namespace {

// A hundred rows of one task, half of them negative. Both stages are sure of them, and right, but for the first ten:
// the first stage calls them negative, the second positive, which it holds for `believed`.
struct TwoStages {
  TwoStages(float believed, std::int8_t gold_where_they_differ) {
    TaskAnswers task;
    task.task = "overall";
    task.labels = {"positive", "neutral", "negative"};
    task.experts = {"cheap", "dear"};
    CrossFitted first, second;
    for (std::size_t r = 0; r < 100; ++r) {
      const bool differ = r < 10, negative = r >= 50;
      const float p = differ ? believed : negative ? 0 : 1;
      const auto label = static_cast<std::int8_t>(negative ? 2 : 0);
      task.gold.push_back(differ ? gold_where_they_differ : label);
      second.probabilities.insert(second.probabilities.end(), {p, 0, 1 - p});
      first.decided.push_back(differ ? std::int8_t{2} : label);
      second.decided.push_back(label);
      gains.push_back(differ ? 2 * believed - 1 : 1e-3f);
      rows.facts.emplace_back();
    }
    first.probabilities = second.probabilities;
    rows.two_class.assign(100, 0);
    rows.answers = {task};
    gate = blank_gate(rows, {{{"cheap"}, {1, 0, 0}}, {{"dear"}, {100, 0, 0}}}, gate::Method::learned);
    cross = {{first, second}};
    all_gains = {{gains}};
  }

  gate::Curve curve(double balanced_loss) const {
    GateOptions options;
    options.balanced_loss = balanced_loss;
    return fit_curve({rows, gate, cross, all_gains, false}, options);
  }

  GateRows rows;
  gate::Gate gate;
  std::vector<std::vector<CrossFitted>> cross;
  std::vector<float> gains;
  std::vector<std::vector<std::vector<float>>> all_gains;
};

TEST(GateCurveTest, BalancedHearsLabelsAndWhatBestBelieves) {
  // Where the two differ, the second stage is hardly surer; the labels happen to agree with it every time.
  const gate::Curve unlucky = TwoStages(0.52f, 0).curve(0.06);
  EXPECT_LT(unlucky.points.front().macro_f1, unlucky.points.back().macro_f1 - 0.06);
  EXPECT_EQ(unlucky.balanced, 0u);

  // Here it is sure, and the labels never agree with it.
  const gate::Curve vain = TwoStages(0.95f, 2).curve(0.06);
  EXPECT_GT(vain.points.front().macro_f1, vain.points.back().macro_f1);
  EXPECT_EQ(vain.balanced, 0u);

  // It is sure, and right.
  const gate::Curve right = TwoStages(0.95f, 0).curve(0.06);
  ASSERT_GT(right.balanced, 0u);
  EXPECT_NEAR(right.points[right.balanced].asked, 0.1, 1e-9) << "those ten rows";
}

TEST(GateCurveTest, NoSingleDipMakesBalancedDear) {
  EXPECT_EQ(balanced_of(std::vector<double>{0.80, 0.8185, 0.8190, 0.8179, 0.8188, 0.8210}, 0.003), 1u);
  EXPECT_EQ(balanced_of(std::vector<double>{0.80, 0.8185, 0.8171, 0.8165, 0.8188, 0.8210}, 0.003), 4u)
      << "a valley does";
  EXPECT_EQ(balanced_of(std::vector<double>{0.82, 0.81, 0.80}, 0.003), 0u);
  EXPECT_EQ(balanced_of(std::vector<double>{0.80, 0.81, 0.82}, 0.003), 2u);
  EXPECT_EQ(balanced_of(std::vector<double>{0.80}, 0.003), 0u);
}

TEST(GateCurveTest, NoLossLeavesTheCheapestPointThatAnswersAsBestDoes) {
  const gate::Curve curve = TwoStages(0.95f, 0).curve(0);
  EXPECT_NEAR(curve.points[curve.balanced].asked, 0.1, 1e-9);
  EXPECT_EQ(curve.points[curve.balanced].macro_f1, curve.points.back().macro_f1);
  EXPECT_EQ(curve.points.front().asked, 0);
  EXPECT_EQ(curve.points.back().asked, 1);
}

}  // namespace
}  // namespace tenor::ship
