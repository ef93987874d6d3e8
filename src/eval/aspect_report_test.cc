#include "eval/aspect_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "eval/report_text.h"

namespace tenor::eval {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kAspects = {"food", "noise", "price"};

// Rows of (food, noise, price); price is never labelled.
const std::vector<std::int8_t> kGold = {0,  3,  -1,  //
                                        2,  1,  -1,  //
                                        3,  3,  -1,  //
                                        -1, -1, -1};
const std::vector<std::int8_t> kPredicted = {0, 3, 0,  //
                                             2, 3, 0,  //
                                             1, 3, 0,  //
                                             0, 0, 0};

TEST(AspectReportTest, FiguresByHand) {
  const auto report = aspect_report({kAspects, kGold, kPredicted, {}}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rows, 3U);
  EXPECT_EQ(report->complete_rows, 0U);
  const AspectScores& food = report->aspects[0];
  EXPECT_EQ(food.rows, 3U);
  EXPECT_DOUBLE_EQ(food.merged_macro_f1, 1) << "not mentioned for neutral is right when merged";
  EXPECT_DOUBLE_EQ(food.macro_f1, (1.0 + 0 + 1 + 0) / 4);
  EXPECT_DOUBLE_EQ(food.accuracy, 2.0 / 3);
  const AspectScores& noise = report->aspects[1];
  EXPECT_DOUBLE_EQ(noise.merged_macro_f1, 1) << "only one merged class occurs";
  EXPECT_DOUBLE_EQ(noise.macro_f1, (0 + 0.8) / 2) << "neutral F1 0, not mentioned 2*2/(3+2); the others do not occur";
  EXPECT_EQ(report->aspects[2].rows, 0U);
  EXPECT_DOUBLE_EQ(report->merged_macro_f1.value, 1) << "an aspect without labels enters no mean";
  EXPECT_DOUBLE_EQ(report->macro_f1.value, (0.5 + 0.4) / 2);
  EXPECT_DOUBLE_EQ(report->accuracy.value, 2.0 / 3);
  EXPECT_EQ(report->strict_accuracy.value, 0);
}

TEST(AspectReportTest, StrictAccuracyIsOverCompleteRows) {
  const std::vector<std::string> names = {"food", "noise"};
  const std::vector<std::int8_t> gold = {0, 3, 2, 1, 0, -1, 1, 1};
  const std::vector<std::int8_t> predicted = {0, 3, 2, 3, 0, 0, 1, 1};
  const auto report = aspect_report({names, gold, predicted, {}}, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rows, 4U);
  EXPECT_EQ(report->complete_rows, 3U);
  EXPECT_DOUBLE_EQ(report->strict_accuracy.value, 2.0 / 3);
  EXPECT_LT(report->strict_accuracy.interval.low, report->strict_accuracy.interval.high);
}

TEST(AspectReportTest, CalibrationIsOverLabelledPairs) {
  const std::vector<std::string> names = {"food", "noise"};
  const std::vector<std::int8_t> gold = {0, -1, 2, 3};
  const std::vector<std::int8_t> predicted = {0, 0, 0, 3};
  const std::vector<float> p = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1};
  const auto report = aspect_report({names, gold, predicted, p}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_DOUBLE_EQ(*report->aspects[0].ece, 0.5) << "sure twice, right once";
  EXPECT_DOUBLE_EQ(*report->aspects[1].ece, 0);
  EXPECT_DOUBLE_EQ(report->calibration->ece, 1.0 / 3);
  EXPECT_DOUBLE_EQ(report->calibration->brier, 2.0 / 3);
}

TEST(AspectReportTest, RefusesWhatItCannotJudge) {
  const auto message = [](const AspectPredictions& predictions) {
    const auto report = aspect_report(predictions, {});
    return report ? std::string() : report.error().message;
  };
  const std::vector<std::int8_t> none(6, -1);
  const std::vector<std::int8_t> fine(6, 0);
  const std::vector<std::int8_t> odd(5, 0);
  const std::vector<std::int8_t> outside(6, 4);
  EXPECT_THAT(message({kAspects, none, fine, {}}), HasSubstr("no labelled rows"));
  EXPECT_THAT(message({kAspects, odd, odd, {}}), HasSubstr("3 a row"));
  EXPECT_THAT(message({kAspects, fine, none, {}}), HasSubstr("predicted label 0"));
  EXPECT_THAT(message({kAspects, outside, fine, {}}), HasSubstr("gold label 0: expected -1 to 3, found 4"));
  EXPECT_THAT(message({{}, fine, fine, {}}), HasSubstr("no aspects"));
  EXPECT_THAT(message({kAspects, fine, fine, std::vector<float>(5)}), HasSubstr("expected 24 probabilities"));
}

TEST(AspectReportTest, JsonAndTable) {
  const auto report = aspect_report({kAspects, kGold, kPredicted, {}}, {});
  const auto json = nlohmann::json::parse(to_json(*report));
  EXPECT_EQ(json["aspects"].size(), 3U);
  EXPECT_EQ(json["aspects"][1]["name"], "noise");
  EXPECT_EQ(json["aspects"][1]["confusion"]["rows_gold_columns_predicted"][3][3], 2);
  EXPECT_EQ(json["macro_f1"]["value"], 0.45);
  const std::string table = to_table(*report);
  EXPECT_THAT(table, HasSubstr("aspect F1 merged  macro-F1  accuracy  positive   neutral  negative      none\n"
                               "food      1.0000    0.5000    0.6667         1         0         1         1\n"));
}

}  // namespace
}  // namespace tenor::eval
