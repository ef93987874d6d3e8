#include "apps/tenor/serve_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace tenor::cli {
namespace {

http::AccessRecord record() {
  http::AccessRecord record;
  record.request_id = "a\"b";
  record.method = "POST";
  record.route = "predict";
  record.status = 200;
  record.seconds = 0.0012345;
  record.bytes = 321;
  return record;
}

TEST(ServeLog, ARequestIsMembersOfAnObject) {
  auto said = record();
  const auto plain = nlohmann::json::parse("{" + access_members(said) + "}");
  EXPECT_EQ(plain["request_id"], "a\"b");
  EXPECT_EQ(plain["status"], 200);
  EXPECT_EQ(plain["bytes"], 321);
  EXPECT_NEAR(plain["seconds"].get<double>(), 0.0012345, 1e-6);
  EXPECT_FALSE(plain.contains("key"));
  EXPECT_FALSE(plain.contains("trace_id"));
  said.key = "alice";
  said.trace_id = "t";
  said.span_id = "s";
  said.parent_id = "p";
  const auto traced = nlohmann::json::parse("{" + access_members(said) + "}");
  EXPECT_EQ(traced["key"], "alice");
  EXPECT_EQ(traced["trace_id"], "t");
  EXPECT_EQ(traced["parent_id"], "p");
}

TEST(ServeLog, JsonLinesHoldEventsAndRequestsAlike) {
  testing::internal::CaptureStderr();
  const auto log = make_serve_log(LogFormat::json);
  log.events->warn("a \"quoted\" {}", "reason");
  log.on_request(record());
  std::istringstream lines(testing::internal::GetCapturedStderr());
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const auto event = nlohmann::json::parse(line);
  EXPECT_EQ(event["level"], "warning");
  EXPECT_EQ(event["message"], "a \"quoted\" reason");
  EXPECT_THAT(event["time"].get<std::string>(),
              testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"));
  ASSERT_TRUE(std::getline(lines, line));
  const auto request = nlohmann::json::parse(line);
  EXPECT_EQ(request["route"], "predict");
  EXPECT_EQ(request["level"], "info");
  EXPECT_FALSE(std::getline(lines, line));
}

}  // namespace
}  // namespace tenor::cli
