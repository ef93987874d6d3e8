// What header fields say: CORS, trace context, slow requests, and what a request needs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "http/access.h"
#include "http/cors.h"
#include "http/slow_requests.h"
#include "http/trace_context.h"

namespace tenor::http {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string cors(const std::vector<std::string>& origins, std::string_view origin, Method method = Method::post,
                 bool preflight = false) {
  RequestHead head;
  head.origin = origin;
  head.method = method;
  head.preflight = preflight;
  std::string headers;
  append_cors(origins, head, headers);
  return headers;
}

TEST(Cors, IsClosedUnlessOriginsAreNamed) {
  EXPECT_EQ(cors({}, "https://app.example"), "");
  EXPECT_EQ(cors({"https://app.example"}, ""), "");
  EXPECT_EQ(cors({"https://app.example"}, "https://evil.example"), "Vary: Origin\r\n");
}

TEST(Cors, LetsNamedOriginsReadAnswers) {
  const auto headers = cors({"https://a.example", "https://b.example"}, "https://b.example");
  EXPECT_THAT(headers, HasSubstr("Access-Control-Allow-Origin: https://b.example\r\n"));
  EXPECT_THAT(headers, HasSubstr("Vary: Origin\r\n"));
  EXPECT_THAT(headers, HasSubstr("Access-Control-Expose-Headers: X-Request-Id"));
  EXPECT_THAT(headers, Not(HasSubstr("Credentials")));
  EXPECT_THAT(cors({"*"}, "https://b.example"), HasSubstr("Access-Control-Allow-Origin: *\r\n"));
}

TEST(Cors, AnswersPreflights) {
  const auto headers = cors({"https://a.example"}, "https://a.example", Method::options, true);
  EXPECT_THAT(headers, HasSubstr("Access-Control-Allow-Methods: GET, HEAD, POST\r\n"));
  EXPECT_THAT(headers, HasSubstr("Authorization"));
  EXPECT_THAT(cors({"https://a.example"}, "https://a.example", Method::options), Not(HasSubstr("Allow-Methods")));
}

TEST(Cors, KnowsOrigins) {
  for (const auto* origin : {"*", "https://app.example", "http://localhost:3000", "http://[::1]:80"}) {
    EXPECT_TRUE(check_origin(origin)) << origin;
  }
  for (const auto* origin : {"", "app.example", "https://", "https://app.example/", "https://App.example", "null",
                             "https://a.example\r\nX: y", "ftp://a.example", "https://*.example"}) {
    EXPECT_FALSE(check_origin(origin)) << origin;
  }
}

constexpr std::string_view kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContext, TakesOverWhatIsWellFormed) {
  const auto context = parse_traceparent(kParent);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(context->parent_id, "00f067aa0ba902b7");
  EXPECT_EQ(traceparent(*context, "0123456789abcdef"), "00-4bf92f3577b34da6a3ce929d0e0e4736-0123456789abcdef-01");
  EXPECT_TRUE(parse_traceparent("cc" + std::string(kParent.substr(2)) + "-what-comes-later"));
}

TEST(TraceContext, IgnoresWhatBreaksTheRules) {
  const std::string good(kParent);
  for (auto bad : {std::string(), good.substr(1), good + "-", good + "x", "ff" + good.substr(2),
                   std::string(good).replace(10, 1, "A"), std::string(good).replace(2, 1, "_"),
                   std::string(good).replace(3, 32, 32, '0'), std::string(good).replace(36, 16, 16, '0'),
                   std::string(good).replace(53, 2, "0g")}) {
    EXPECT_FALSE(parse_traceparent(bad)) << bad;
  }
}

TEST(TraceContext, MakesSpansOfItsOwn) {
  Random random(7);
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(make_span_id(random));
  EXPECT_EQ(ids.size(), 100U);
  for (const auto& id : ids) EXPECT_TRUE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-" + id + "-00")) << id;
}

TEST(SlowRequests, KeepsTheLatestThatWereSlow) {
  SlowRequests slow(0.5);
  EXPECT_FALSE(slow.is_slow(0.499));
  EXPECT_TRUE(slow.is_slow(0.5));
  for (std::size_t i = 0; i < SlowRequests::kKept + 3; ++i) {
    slow.add({static_cast<std::int64_t>(i), "id" + std::to_string(i), i == 0 ? "t" : "", "POST", "predict",
              "total;dur=600.0", 200, 0.6, 10, 20});
  }
  std::string text;
  JsonWriter json(text);
  slow.write(json);
  const auto all = nlohmann::json::parse(text);
  EXPECT_EQ(all["seen"], SlowRequests::kKept + 3);
  EXPECT_EQ(all["threshold_ms"], 500);
  ASSERT_EQ(all["requests"].size(), SlowRequests::kKept);
  EXPECT_EQ(all["requests"][0]["request_id"], "id" + std::to_string(SlowRequests::kKept + 2));
  EXPECT_EQ(all["requests"][0]["milliseconds"], 600);
  EXPECT_EQ(all["requests"][0]["server_timing"], "total;dur=600.0");
  EXPECT_FALSE(all["requests"][0].contains("trace_id"));
}

TEST(SlowRequests, FindsTimingsAmongHeaders) {
  EXPECT_EQ(timing_of("Cache-Control: no-store\r\nServer-Timing: queue;dur=1, total;dur=2\r\nX: y\r\n"),
            "queue;dur=1, total;dur=2");
  EXPECT_EQ(timing_of("X: y\r\n"), "");
}

TEST(Access, EveryRouteThatIsNotNamedNeedsAReader) {
  using security::Need;
  EXPECT_EQ(need_of(Route::predict, Method::post), Need::reader);
  EXPECT_EQ(need_of(Route::metrics, Method::get), Need::reader);
  EXPECT_EQ(need_of(Route::debug_slow, Method::get), Need::reader);
  EXPECT_EQ(need_of(Route::rollout, Method::get), Need::reader);
  EXPECT_EQ(need_of(Route::rollout, Method::post), Need::admin);
  EXPECT_EQ(need_of(Route::model_load, Method::post), Need::admin);
  EXPECT_EQ(need_of(Route::models_rescan, Method::post), Need::admin);
  EXPECT_EQ(need_of(Route::reload, Method::post), Need::admin);
  EXPECT_EQ(need_of(Route::page, Method::get), Need::nothing);
  EXPECT_EQ(need_of(Route::hf_classify, Method::post), Need::reader);
  EXPECT_EQ(need_of(Route::v2_infer, Method::post), Need::reader);
  EXPECT_EQ(need_of(Route::v2_model, Method::get), Need::reader);
  for (const auto probe : {Route::ready, Route::health, Route::v2_live, Route::v2_ready}) {
    EXPECT_EQ(need_of(probe, Method::get), Need::nothing);
  }
  EXPECT_EQ(need_of(Route::model_load, Method::options), Need::nothing);
}

}  // namespace
}  // namespace tenor::http
