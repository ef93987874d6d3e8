#include "train/space_decisions.h"

#include <gtest/gtest.h>

#include "data/labels.h"

namespace tenor::train {
namespace {

// One task, margins that lean towards negative on two-class rows: what they weigh decides how far calibration follows.
TEST(FitDecisionsTest, TwoClassRowsPullTheBorderAsFarAsTheyWeigh) {
  TrainingRows rows;
  rows.tasks = {{"overall", {data::kPositive, data::kNeutral, data::kNegative}}};
  rows.dev.labels.resize(1);
  std::vector<float> margins;
  const auto add = [&](std::int8_t gold, bool two_class, std::vector<float> row) {
    rows.dev.labels[0].push_back(gold);
    rows.dev.two_class.push_back(two_class ? 1 : 0);
    for (int expert = 0; expert < 2; ++expert) margins.insert(margins.end(), row.begin(), row.end());
  };
  for (int i = 0; i < 60; ++i) {
    const float noise = 0.02f * static_cast<float>(i % 7);
    add(0, false, {1.0f + noise, 0, -1});
    add(1, false, {-0.5f, 0.5f + noise, -0.5f});
    add(2, false, {-1, 0, 1.0f + noise});
    add(i % 5 == 0 ? 2 : 0, true, {-0.2f, 0, noise});  // mostly positive, though the margins say negative
  }
  const auto border = [&](double weight) {
    SpaceConfig space;
    space.two_class_calibration_weight = weight;
    const auto decisions = fit_decisions(rows, space, margins);
    EXPECT_TRUE(decisions) << decisions.error().message;
    // Where positive and negative are as probable, in margins.
    return (decisions->calibration_bias[0] - decisions->calibration_bias[2]) / decisions->calibration_scale[0];
  };
  EXPECT_LT(border(0), border(1));
  EXPECT_LT(border(1), border(10));
}

}  // namespace
}  // namespace tenor::train
