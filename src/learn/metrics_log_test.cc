#include "learn/metrics_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_system.h"
#include "bundle/json_object.h"
#include "bundle/test_support.h"

namespace tenor::learn {
namespace {

using bundle::testing::TemporaryFolder;
using ::testing::HasSubstr;

TEST(LogWindow, TellsMeansSinceTheLastLine) {
  LogWindow window;
  window.add(2, 100, {{"mlm", {6, 2}}});
  window.add(4, 300, {{"mlm", {3, 1}}});
  const LogLine line = window.take({20, 200, 4000, 5e-4, 0.5});
  EXPECT_THAT(line.text, HasSubstr("step 20/200 (10 %) loss 3.0000 mlm 3.0000 lr 5.00e-04 norm 0.50 "));
  EXPECT_THAT(line.text, HasSubstr(" tokens/s ETA "));
  const auto json = bundle::JsonObject::parse(line.json);
  ASSERT_TRUE(json);
  EXPECT_EQ(*json->integer("step"), 20);
  EXPECT_EQ(*json->integer("tokens"), 4000);
  EXPECT_DOUBLE_EQ(*json->number("loss"), 3);
  EXPECT_DOUBLE_EQ(*json->number("mlm"), 3);
  window.add(1, 10, {});
  EXPECT_THAT(window.take({21, 200, 4010, 5e-4, 0.5}).text, HasSubstr("loss 1.0000 lr"));
}

TEST(LogWindow, WritesJsonWithoutNumbersThatAreNone) {
  LogWindow window;
  window.add(1, 10, {});
  const LogLine line = window.take({1, 2, 10, 1e-4, std::numeric_limits<double>::infinity()});
  EXPECT_DOUBLE_EQ(*bundle::JsonObject::parse(line.json)->number("gradient_norm"), -1);
}

TEST(ScoreLine, NamesDevScores) {
  const LogLine line = score_line(7, {{"mean", 0.5}});
  EXPECT_EQ(line.text, "step 7 dev: mean 0.5000");
  EXPECT_EQ(line.json, R"({"dev_mean":0.5,"step":7})");
}

TEST(MetricsLog, KeepsLinesUpToTheStepThatIsGoneOnFrom) {
  TemporaryFolder folder;
  const std::string path = (folder / "metrics.jsonl").string();
  ASSERT_TRUE(write_file_atomic(path, "{\"step\":5}\n{\"step\":10}\n{\"step\":11}\nbroken\n{\"loss\":1}\n"));
  MetricsLog log;
  ASSERT_TRUE(log.open(path, 10));
  ASSERT_TRUE(log.append(R"({"step":15})"));
  EXPECT_EQ(*read_file(path), "{\"step\":5}\n{\"step\":10}\n{\"step\":15}\n");
}

TEST(MetricsLog, SaysWhereItCannotWrite) {
  MetricsLog log;
  EXPECT_FALSE(log.open("/nowhere/metrics.jsonl", 0));
  EXPECT_TRUE(MetricsLog().append("{}"));  // no file: nothing to do
}

}  // namespace
}  // namespace tenor::learn
