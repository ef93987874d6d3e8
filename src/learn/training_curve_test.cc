#include "learn/training_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/file_system.h"
#include "bundle/test_support.h"

namespace tenor::learn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kMetrics =
    R"({"step":10,"loss":4.5,"mlm":0.4,"tokens":100,"learning_rate":1e-3,"tokens_per_second":9}
not a line
{"step":20,"loss":3.25,"mlm":null,"gradient_norm":-1}
{"step":20,"dev_mean":0.5,"dev_overall_macro_f1":0.6}
{"loss":1}
{"step":40,"loss":2}
)";

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(ParseMetrics, TellsLossesFromScores) {
  const TrainingCurves curves = parse_metrics(kMetrics);
  ASSERT_EQ(curves.losses.size(), 2u);
  const auto& loss = curves.losses.at("loss");
  ASSERT_EQ(loss.size(), 3u);
  EXPECT_EQ(loss[1].step, 20u);
  EXPECT_DOUBLE_EQ(loss[1].value, 3.25);
  EXPECT_EQ(curves.losses.at("mlm").size(), 1u);
  ASSERT_EQ(curves.scores.size(), 2u);
  EXPECT_DOUBLE_EQ(curves.scores.at("mean")[0].value, 0.5);
}

TEST(CurvesSvg, DrawsEveryCurveWithItsLegend) {
  const std::string svg = curves_svg("run <1> & two", parse_metrics(kMetrics));
  EXPECT_EQ(count(svg, "<polyline"), 4u);
  EXPECT_THAT(svg, AllOf(HasSubstr(">loss 2<"), HasSubstr(">mlm 0.4<"), HasSubstr(">overall_macro_f1 0.6<")));
  EXPECT_THAT(svg, AllOf(HasSubstr("run &lt;1&gt; &amp; two"), HasSubstr("prefers-color-scheme: dark")));
  EXPECT_THAT(svg, AllOf(HasSubstr(">steps<"), HasSubstr(">40<"), HasSubstr(">dev scores<")));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
}

// The plot spans steps 0 to 40 over 580 units from 64, losses 0 to 5 over 240 units from 70 down.
TEST(CurvesSvg, PutsPointsWhereTheyBelong) {
  TrainingCurves curves;
  curves.losses["loss"] = {{0, 5}, {20, 2.5}, {40, 0}};
  EXPECT_THAT(curves_svg("run", curves), HasSubstr("points=\"64.0,70.0 354.0,190.0 644.0,310.0 \""));
  EXPECT_THAT(curves_svg("run", curves), Not(HasSubstr("dev scores")));
}

TEST(CurvesSvg, TakesFlatAndSingleAndManyPoints) {
  TrainingCurves curves;
  curves.losses["flat"] = {{5, 0}, {6, 0}};
  curves.scores["one"] = {{5, -0.25}};
  std::string svg = curves_svg("run", curves);
  EXPECT_THAT(svg, AllOf(HasSubstr("<circle"), Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
  for (std::uint64_t step = 0; step < 100000; ++step) curves.losses["long"].push_back({step, 1.0 / (1.0 + step)});
  svg = curves_svg("run", curves);
  EXPECT_LT(svg.size(), 20000u);
  EXPECT_THAT(curves_svg("empty", {}), HasSubstr("</svg>"));
}

TEST(WriteTrainingCurve, StandsBesideTheMetrics) {
  const bundle::testing::TemporaryFolder folder;
  const std::string path = (folder / "run").string();
  EXPECT_FALSE(write_training_curve(path));
  std::filesystem::create_directories(path);
  ASSERT_TRUE(write_file_atomic(path + "/metrics.jsonl", ""));
  ASSERT_TRUE(write_training_curve(path));
  EXPECT_FALSE(std::filesystem::exists(path + "/training-curve.svg"));
  ASSERT_TRUE(write_file_atomic(path + "/metrics.jsonl", kMetrics));
  ASSERT_TRUE(write_training_curve(path));
  EXPECT_EQ(*read_file(path + "/training-curve.svg"), curves_svg("run", parse_metrics(kMetrics)));
}

}  // namespace
}  // namespace tenor::learn
