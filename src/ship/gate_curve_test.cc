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

TEST(GateCurveTest, BalancedIsWhatBestExpectsToLoseNotWhatFewLabelsSay) {
  // Where the two differ, the second stage is hardly surer; the labels happen to agree with it every time.
  const gate::Curve unlucky = TwoStages(0.52f, 0).curve(0.05);
  EXPECT_LT(unlucky.points.front().macro_f1, unlucky.points.back().macro_f1 - 0.05);
  EXPECT_EQ(unlucky.balanced, 0u);

  // Here it is sure, and the labels happen to agree with the first.
  const gate::Curve lucky = TwoStages(0.95f, 2).curve(0.05);
  EXPECT_GT(lucky.points.front().macro_f1, lucky.points.back().macro_f1);
  ASSERT_GT(lucky.balanced, 0u);
  EXPECT_NEAR(lucky.points[lucky.balanced].asked, 0.1, 1e-9) << "those ten rows";
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
