#include "learn/seed_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tenor::learn {
namespace {

using ::testing::HasSubstr;

const std::vector<TaskInfo> kOneTask = {{"overall", false, {"positive", "neutral", "negative"}, 0}};

Example row_of(std::int8_t label, bool two_class = false) {
  Example out;
  out.labels = {label};
  out.two_class = two_class;
  return out;
}

// Three seeds on two rows: most are for positive and mildly so, the last is against it, and loudly.
const std::vector<Example> kRows = {row_of(0), row_of(2)};
const std::vector<std::vector<float>> kAnswers = {
    {0.4f, 0.3f, 0.3f, 0.1f, 0.1f, 0.8f}, {0.4f, 0.3f, 0.3f, 0.1f, 0.1f, 0.8f}, {0.0f, 0.0f, 1.0f, 0.1f, 0.1f, 0.8f}};
const std::vector<std::uint64_t> kSeeds = {42, 123, 456};

TEST(JudgeSeeds, TellsSeedsSpreadAndEnsembles) {
  const SeedReport report = judge_seeds(kSeeds, kOneTask, kRows, kAnswers);
  const double wrong = (2.0 / 3 + 0) / 2;  // negative twice
  ASSERT_EQ(report.scores.size(), 3u);
  EXPECT_NEAR(report.scores[0].at("mean"), 1, 1e-9);
  EXPECT_NEAR(report.scores[2].at("mean"), wrong, 1e-9);
  EXPECT_NEAR(report.mean.at("mean"), (2 + wrong) / 3, 1e-9);
  EXPECT_NEAR(report.deviation.at("mean"), (1 - wrong) / std::sqrt(3.0), 1e-9);
  EXPECT_NEAR(report.averaged.at("mean"), wrong, 1e-9);  // 0.27, 0.2, 0.53
  EXPECT_NEAR(report.voted.at("mean"), 1, 1e-9);         // two to one
}

TEST(JudgeSeeds, BreaksTiesByProbability) {
  const std::vector<std::vector<float>> two = {{0.4f, 0.3f, 0.3f, 0, 0, 1}, {0.0f, 0.1f, 0.9f, 0, 0, 1}};
  const std::vector<std::uint64_t> seeds = {1, 2};
  EXPECT_LT(judge_seeds(seeds, kOneTask, kRows, two).voted.at("mean"), 1);  // negative: 0.6 against 0.2
}

TEST(JudgeSeeds, LetsNobodyVoteForNeutralInTwoClassRows) {
  const std::vector<Example> rows = {row_of(0, true)};
  const std::vector<std::vector<float>> answers = {{0.3f, 0.6f, 0.1f}, {0.3f, 0.6f, 0.1f}, {0.1f, 0, 0.9f}};
  EXPECT_NEAR(judge_seeds(kSeeds, kOneTask, rows, answers).voted.at("overall_two_class_accuracy"), 1, 1e-9);
}

TEST(SeedReport, IsReadableByPeopleAndPrograms) {
  const SeedReport report = judge_seeds(kSeeds, kOneTask, kRows, kAnswers);
  const std::string text = to_text(report);
  EXPECT_THAT(text, HasSubstr("seed            mean  overall_macro_f1\n42            1.0000            1.0000\n"));
  for (const char* row : {"\n456 ", "\nmean ", "\ndeviation ", "\naveraged ", "\nvoted "}) {
    EXPECT_THAT(text, HasSubstr(row));
  }
  EXPECT_THAT(to_json(report), HasSubstr(R"("runs":[{"dev":{"mean":1.0,"overall_macro_f1":1.0},"seed":42},)"));
}

}  // namespace
}  // namespace tenor::learn
