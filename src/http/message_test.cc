#include "http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "http/media_type.h"
#include "http/page_assets.h"
#include "http/request_id.h"
#include "http/route.h"

namespace tenor::http {
namespace {

using testing::HasSubstr;
using testing::Not;

Framing plain_framing() {
  return {.request_id = "id", .date = "now"};
}

TEST(Answer, StatesLengthAndId) {
  Response response;
  response.content_type = kJsonType;
  response.body = "{}";
  std::string out;
  append_answer(out, response, plain_framing());
  EXPECT_THAT(out, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(out, testing::EndsWith("\r\n\r\n{}"));
  EXPECT_THAT(out, HasSubstr("\r\nContent-Length: 2\r\n"));
  EXPECT_THAT(out, HasSubstr("\r\nX-Request-Id: id\r\n"));
  EXPECT_THAT(out, Not(HasSubstr("Connection")));
}

TEST(Answer, HeadStatesTheLengthButSendsNoBody) {
  Response response;
  response.body = "12345";
  auto framing = plain_framing();
  framing.head_only = true;
  std::string out;
  append_answer(out, response, framing);
  EXPECT_THAT(out, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(out, testing::EndsWith("\r\n\r\n"));
}

TEST(Answer, SaysWhatBecomesOfTheConnection) {
  auto framing = plain_framing();
  framing.keep_alive = false;
  std::string closing;
  append_answer(closing, {}, framing);
  EXPECT_THAT(closing, HasSubstr("Connection: close\r\n"));
  framing = plain_framing();
  framing.http_1_0 = true;
  std::string old;
  append_answer(old, {}, framing);
  EXPECT_THAT(old, HasSubstr("Connection: keep-alive\r\n"));
}

TEST(Answer, NoContentHasNoLength) {
  Response response;
  response.status = 204;
  std::string out;
  append_answer(out, response, plain_framing());
  EXPECT_THAT(out, Not(HasSubstr("Content-Length")));
}

TEST(Problem, IsJsonWithEveryMember) {
  Response response;
  response.headers = "Left: over\r\n";
  response.body = "left over";
  set_fault(response, {FaultCode::broken_json, "a \"detail\""}, "id-1");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.headers, "");
  const auto json = nlohmann::json::parse(response.body);
  EXPECT_EQ(json["status"], 400);
  EXPECT_EQ(json["title"], "Bad Request");
  EXPECT_EQ(json["detail"], "a \"detail\"");
  EXPECT_EQ(json["code"], "broken_json");
  EXPECT_EQ(json["request_id"], "id-1");
  EXPECT_EQ(json["type"], "about:blank");
}

TEST(Problem, EveryCodeHasItsOwnNameAndAnErrorStatus) {
  std::set<std::string_view> names;
  for (std::size_t code = 0; code < kFaultCodes; ++code) {
    const auto fault = static_cast<FaultCode>(code);
    names.insert(name(fault));
    EXPECT_GE(status(fault), 400);
    EXPECT_EQ(status_phrase(status(fault)) == "Internal Server Error", status(fault) == 500);
  }
  EXPECT_EQ(names.size(), kFaultCodes);
  EXPECT_EQ(name(FaultCode::stopping), "stopping");
  EXPECT_EQ(status(FaultCode::stopping), 503);
}

TEST(HttpDate, IsImfFixdate) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

bool accepts(std::optional<std::string> type, std::optional<std::string> encoding = {}) {
  RequestHead head;
  head.content_type = std::move(type);
  head.content_encoding = std::move(encoding);
  const auto fault = check_json_body(head);
  EXPECT_EQ(fault ? fault->code : FaultCode::unsupported_media_type, FaultCode::unsupported_media_type);
  return !fault;
}

TEST(MediaType, JsonInUtf8Only) {
  EXPECT_TRUE(accepts("application/json"));
  EXPECT_TRUE(accepts("Application/JSON ; charset=UTF-8"));
  EXPECT_TRUE(accepts("text/json; charset=\"utf-8\""));
  EXPECT_TRUE(accepts("application/json; profile=x;"));
  EXPECT_TRUE(accepts("application/json", "identity"));
  EXPECT_FALSE(accepts(std::nullopt));
  EXPECT_FALSE(accepts(""));
  EXPECT_FALSE(accepts("text/plain"));
  EXPECT_FALSE(accepts("application/jsonx"));
  EXPECT_FALSE(accepts("application/x-www-form-urlencoded"));
  EXPECT_FALSE(accepts("application/json; charset=gbk"));
  EXPECT_FALSE(accepts("application/json", "gzip"));
}

TEST(RequestId, OnlyPlainOnesAreTaken) {
  EXPECT_TRUE(is_plain_request_id("abc-123_./:{}"));
  EXPECT_TRUE(is_plain_request_id(std::string(128, 'x')));
  EXPECT_FALSE(is_plain_request_id(""));
  EXPECT_FALSE(is_plain_request_id(std::string(129, 'x')));
  EXPECT_FALSE(is_plain_request_id("two words"));
  EXPECT_FALSE(is_plain_request_id("味"));
  EXPECT_FALSE(is_plain_request_id("a\r\nSet-Cookie: b"));
}

TEST(RequestId, NewOnesDiffer) {
  Random random(1);
  std::string first;
  std::string second;
  make_request_id(random, first);
  make_request_id(random, second);
  EXPECT_EQ(first.size(), 32u);
  EXPECT_NE(first, second);
  EXPECT_TRUE(is_plain_request_id(first));
}

TEST(Routes, EveryRouteHasANameAndMethods) {
  EXPECT_EQ(route_names().size(), static_cast<std::size_t>(Route::other));
  EXPECT_EQ(find_route("/v1/analyze"), Route::analyze);
  EXPECT_EQ(route_name(Route::analyze), "analyze");
  EXPECT_EQ(route_name(Route::v2_infer), "v2_infer");
  EXPECT_EQ(find_route("/v2/models/a/infer"), Route::v2_infer);
  EXPECT_EQ(find_route("/models/a"), Route::hf_classify);
  EXPECT_EQ(find_route("/health"), Route::health);
  EXPECT_EQ(find_route("/index.html"), Route::page);
  EXPECT_EQ(find_route("/predict/"), Route::other);
  EXPECT_EQ(find_route("/../etc/passwd"), Route::other);
  EXPECT_EQ(find_route(""), Route::other);
}

TEST(Routes, OnlyLargeScoringLeavesTheLoop) {
  EXPECT_FALSE(is_heavy(Route::predict, 1000));
  EXPECT_TRUE(is_heavy(Route::predict, 100'000));
  EXPECT_TRUE(is_heavy(Route::predict_batch, 10'000));
  EXPECT_FALSE(is_heavy(Route::other, 1'000'000));
}

TEST(PageAssets, HoldThePageAndTheApi) {
  const auto* page = find_asset("/");
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(page, find_asset("/index.html"));
  EXPECT_THAT(std::string(page->bytes), HasSubstr("<html"));
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_FALSE(page->immutable);
  const auto* api = find_asset("/openapi.json");
  ASSERT_NE(api, nullptr);
  const auto json = nlohmann::json::parse(api->bytes);
  EXPECT_EQ(json["openapi"], "3.1.0");
  for (const auto& [path, item] : json["paths"].items()) EXPECT_NE(find_route(path), Route::other) << path;
  EXPECT_NE(page->etag, api->etag);
}

}  // namespace
}  // namespace tenor::http
