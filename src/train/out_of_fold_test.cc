#include "train/out_of_fold.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "data/split.h"
#include "train/test_support.h"

namespace tenor::train {
namespace {

using testing::GeneratedData;
using testing::quiet_context;

TEST(OutOfFoldTest, EveryRowIsAnsweredByExpertsThatNeverSawIt) {
  const GeneratedData data(true);
  const auto config = load_linear_config(data.path("config.yaml"));
  ASSERT_TRUE(config);
  const TrainContext context = quiet_context(data.folder().path());
  const SpaceConfig& space = config->spaces[1];
  const auto answers = answer_out_of_fold(*config, space, 3, context);
  ASSERT_TRUE(answers) << answers.error().message;
  ASSERT_EQ(answers->tasks.size(), 1U);
  const auto& rows = answers->rows.dataset.rows;
  ASSERT_EQ(rows.size(), 600U);
  ASSERT_EQ(answers->probabilities[0].size(), 1800U);
  std::size_t right = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const float* p = answers->probabilities[0].data() + 3 * r;
    EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-4);
    right += std::max_element(p, p + 3) - p == answers->rows.labels[0][r] ? 1 : 0;
  }
  EXPECT_GT(right, 570U);

  // The first fold's answers are those of a model trained on the rows of the others, in their order.
  TrainingRows split;
  split.tasks = answers->tasks;
  split.train.labels.resize(1);
  split.dev.labels.resize(1);
  split.train.dataset.sources = split.dev.dataset.sources = answers->rows.dataset.sources;
  std::vector<std::size_t> inside;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const bool held_out = data::fold_of(rows[r].text, 3, context.rows.seed) == 0;
    RowSet& part = held_out ? split.dev : split.train;
    if (held_out) inside.push_back(r);
    part.dataset.rows.push_back(rows[r]);
    part.two_class.push_back(0);
    part.labels[0].push_back(answers->rows.labels[0][r]);
  }
  const auto trained = train_rows(*config, space, split, context);
  ASSERT_TRUE(trained) << trained.error().message;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    EXPECT_EQ(trained->dev_probabilities[0][3 * i], answers->probabilities[0][3 * inside[i]]);
  }
}

TEST(OutOfFoldTest, FoldsMustMakeSense) {
  const GeneratedData data(true);
  const auto config = load_linear_config(data.path("config.yaml"));
  ASSERT_TRUE(config);
  const TrainContext context = quiet_context(data.folder().path());
  for (const std::size_t folds : {0, 1, 101}) {
    const auto answers = answer_out_of_fold(*config, config->spaces[1], folds, context);
    ASSERT_FALSE(answers);
    EXPECT_EQ(answers.error().code, ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace tenor::train
