#include "eval/classification_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "eval/report_text.h"

namespace tenor::eval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kNames = {"positive", "neutral", "negative"};

TEST(ReliabilityTest, BinsByHand) {
  const std::vector<double> confidence = {0.0, 0.5, 0.51, 1.0, 0.75};
  const std::vector<std::uint8_t> correct = {0, 1, 1, 1, 0};
  const auto bins = reliability_bins(confidence, correct, 4);
  EXPECT_EQ(bins[0].count, 1U);
  EXPECT_EQ(bins[1].count, 1U) << "0.5 is the upper end of the second of four";
  EXPECT_EQ(bins[2].count, 2U) << "0.51 and 0.75";
  EXPECT_EQ(bins[3].count, 1U);
  EXPECT_DOUBLE_EQ(bins[2].confidence, 0.63);
  EXPECT_DOUBLE_EQ(bins[2].accuracy, 0.5);
  EXPECT_NEAR(expected_calibration_error(bins), (0.0 + 0.5 + 2 * 0.13 + 0.0) / 5, 1e-12);
  EXPECT_EQ(expected_calibration_error({}), 0);
}

TEST(ReliabilityTest, ChanceAloneIsTheDeviationOfAMean) {
  // All in one bin: the mean of 400 draws of 0.8 is normal with a deviation of 0.02.
  const std::vector<double> confidence(400, 0.8);
  const auto chance = chance_calibration_error(confidence, 15, 4000, 1);
  EXPECT_NEAR(chance.mean, 0.02 * std::sqrt(2 / M_PI), 5e-4);
  EXPECT_NEAR(chance.most, 1.96 * 0.02, 1.5e-3);
  EXPECT_EQ(chance_calibration_error(confidence, 15, 100, 7).mean,
            chance_calibration_error(confidence, 15, 100, 7).mean);
  EXPECT_EQ(chance_calibration_error(std::vector<double>(50, 1.0), 15, 10, 1).most, 0) << "sure and right";
}

TEST(ClassificationReportTest, FiguresByHand) {
  const std::vector<std::int8_t> gold = {0, 1, 2, 0};
  const std::vector<float> p = {0.5F, 0.25F, 0.25F, 0.75F, 0.25F, 0, 0, 0, 1, 0.5F, 0.5F, 0};
  const std::vector<std::int8_t> predicted = argmax_rows(p, 3);
  EXPECT_THAT(predicted, ElementsAre(0, 0, 2, 0));
  const auto report = classification_report({kNames, gold, predicted, p}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rows, 4U);
  EXPECT_DOUBLE_EQ(report->accuracy.value, 0.75);
  EXPECT_DOUBLE_EQ(report->macro_f1.value, (0.8 + 0 + 1) / 3);
  EXPECT_DOUBLE_EQ(report->macro_recall.value, (1.0 + 0 + 1) / 3);
  EXPECT_EQ(report->classes[0].predicted, 3U);
  EXPECT_EQ(report->confusion.at(1, 0), 1U);
  ASSERT_TRUE(report->calibration);
  // Row by row: .25+.0625+.0625, .5625+.5625, 0, .25+.25.
  EXPECT_NEAR(report->calibration->brier, (0.375 + 1.125 + 0 + 0.5) / 4, 1e-12);
  EXPECT_NEAR(report->calibration->nll, (std::log(2.0) + std::log(4.0) + 0 + std::log(2.0)) / 4, 1e-12);
  // Confidences .5 (both right), .75 (wrong), 1 (right).
  EXPECT_NEAR(report->calibration->ece, (2 * 0.5 + 0.75 + 0) / 4, 1e-12);
  EXPECT_EQ(report->calibration->bins.size(), 15U);
  EXPECT_LE(report->accuracy.interval.low, 0.75);
  EXPECT_GE(report->accuracy.interval.high, 0.75);
}

TEST(ClassificationReportTest, WellCalibratedDrawsHaveSmallEce) {
  Random random(11);
  std::vector<std::int8_t> gold;
  std::vector<float> honest;
  std::vector<float> boastful;
  for (int i = 0; i < 40000; ++i) {
    const auto p = static_cast<float>(random.uniform());
    gold.push_back(random.uniform() < p ? 0 : 1);
    for (const float share : {p, 1 - p}) {
      honest.push_back(share);
      boastful.push_back(share > 0.5F ? 1.0F : 0.0F);
    }
  }
  const std::vector<std::string> names = {"positive", "negative"};
  const auto predicted = argmax_rows(honest, 2);
  ReportOptions options;
  options.bootstrap.resamples = 0;
  EXPECT_LT(classification_report({names, gold, predicted, honest}, options)->calibration->ece, 0.01);
  // All say 1 and three in four are right (the mean of max(p, 1 - p) for uniform p).
  EXPECT_NEAR(classification_report({names, gold, predicted, boastful}, options)->calibration->ece, 0.25, 0.01);
}

TEST(ClassificationReportTest, RefusesWhatItCannotJudge) {
  const std::vector<std::int8_t> gold = {0, 1};
  const std::vector<std::int8_t> outside = {0, 3};
  const std::vector<std::int8_t> unlabelled = {0, -1};
  const std::vector<std::int8_t> one = {0};
  const auto message = [](const Predictions& predictions) {
    const auto report = classification_report(predictions, {});
    return report ? std::string() : report.error().message;
  };
  EXPECT_THAT(message({kNames, {}, {}, {}}), HasSubstr("no labelled rows"));
  EXPECT_THAT(message({kNames, gold, one, {}}), HasSubstr("found 1"));
  EXPECT_THAT(message({kNames, gold, outside, {}}), HasSubstr("predicted label 1: expected 0 to 2, found 3"));
  EXPECT_THAT(message({kNames, unlabelled, gold, {}}), HasSubstr("gold label 1"));
  EXPECT_THAT(message({kNames, gold, gold, std::vector<float>{1, 0, 0}}), HasSubstr("expected 6 probabilities"));
  EXPECT_THAT(message({kNames, gold, gold, std::vector<float>{1, 0, 0, 0.5, 0.6, 0}}), HasSubstr("row 1"));
  EXPECT_THAT(message({kNames, gold, gold, std::vector<float>{1, 0, 0, NAN, 1, 0}}), HasSubstr("row 1"));
  EXPECT_THAT(message({kNames, gold, gold, std::vector<float>{1, 0, 0, -0.5, 1.5, 0}}), HasSubstr("row 1"));
}

TEST(TwoClassTest, ComparesPositiveWithNegativeAlone) {
  const std::vector<std::int8_t> gold = {0, 2, 2, 0};
  const std::vector<float> p = {0.3F, 0.6F, 0.1F, 0.2F, 0.5F, 0.3F, 0.25F, 0.5F, 0.25F, 0, 1, 0};
  EXPECT_TRUE(is_two_class(gold));
  const auto rows = to_two_class(gold, p);
  ASSERT_TRUE(rows);
  EXPECT_THAT(rows->gold, ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(rows->predicted, ElementsAre(0, 1, 0, 0));
  EXPECT_FLOAT_EQ(rows->probabilities[0], 0.75F);
  EXPECT_FLOAT_EQ(rows->probabilities[3], 0.6F);
  EXPECT_FLOAT_EQ(rows->probabilities[6], 0.5F) << "neither has any probability";
  EXPECT_DOUBLE_EQ(classification_report(rows->view(), {})->accuracy.value, 0.75);
  EXPECT_FALSE(is_two_class(std::vector<std::int8_t>{0, 1, 2}));
  EXPECT_FALSE(is_two_class({}));
  EXPECT_FALSE(to_two_class(std::vector<std::int8_t>{1}, std::vector<float>{1, 0, 0}));
  EXPECT_FALSE(to_two_class(gold, std::vector<float>{1, 0, 0}));
}

TEST(CompareSystemsTest, FindsTheBetterOne) {
  Random random(5);
  std::vector<std::int8_t> gold;
  std::vector<std::int8_t> weak;
  std::vector<std::int8_t> strong;
  for (int i = 0; i < 900; ++i) {
    const auto label = static_cast<std::int8_t>(i % 3);
    const auto wrong = static_cast<std::int8_t>((i + 1) % 3);
    gold.push_back(label);
    weak.push_back(random.uniform() < 0.6 ? label : wrong);
    strong.push_back(random.uniform() < 0.8 ? label : wrong);
  }
  for (const Metric metric : {Metric::accuracy, Metric::macro_f1, Metric::macro_recall}) {
    const auto result = compare_systems(gold, weak, strong, metric, {});
    ASSERT_TRUE(result);
    EXPECT_NEAR(result->difference.value, 0.2, 0.05);
    EXPECT_LT(result->p, 0.01);
  }
  EXPECT_FALSE(compare_systems(gold, weak, {}, Metric::accuracy, {}));
}

TEST(ReportTextTest, JsonHoldsTheFiguresAndTheTableIsAligned) {
  const std::vector<std::int8_t> gold = {0, 1, 2, 0};
  const std::vector<float> p = {0.5F, 0.25F, 0.25F, 0.75F, 0.25F, 0, 0, 0, 1, 0.5F, 0.5F, 0};
  const auto predicted = argmax_rows(p, 3);
  const auto report = classification_report({kNames, gold, predicted, p}, {});
  const auto json = nlohmann::json::parse(to_json(*report));
  EXPECT_EQ(json["rows"], 4);
  EXPECT_EQ(json["accuracy"]["value"], 0.75);
  EXPECT_EQ(json["accuracy"]["interval"].size(), 2U);
  EXPECT_EQ(json["classes"][2]["name"], "negative");
  EXPECT_EQ(json["classes"][0]["support"], 2);
  EXPECT_EQ(json["confusion"]["rows_gold_columns_predicted"][1][0], 1);
  EXPECT_EQ(json["calibration"]["bins"].size(), 15U);
  const std::string table = to_table(*report);
  EXPECT_THAT(table, HasSubstr("accuracy         0.7500  ["));
  EXPECT_THAT(table, HasSubstr("class            precision    recall        F1   support predicted\n"
                               "positive            0.6667    1.0000    0.8000         2         3\n"));
  EXPECT_THAT(table, HasSubstr("gold \\ predicted  positive   neutral  negative\n"
                               "positive                 2         0         0\n"));
}

}  // namespace
}  // namespace tenor::eval
