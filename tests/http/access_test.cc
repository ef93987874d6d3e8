// Who may ask for what: keys, hosts, origins, traces.
#include "security/access.h"

#include <mutex>
#include <vector>

#include "server_fixture.h"

namespace tenor::http {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class AccessTest : public ServerTest {
 protected:
  void SetUp() override {
    auto options = default_options();
    options.keys = &keys_;
    options.admin = true;
    options.on_request = [this](const AccessRecord& record) {
      const std::lock_guard lock(mutex_);
      logged_.push_back({std::string(record.key), std::string(record.trace_id), std::string(record.parent_id),
                         std::string(record.span_id)});
    };
    start(options);
  }

  Answer predict(const std::string& headers = "") { return ask(post("/predict", R"({"text":"good"})", headers)); }

  struct Logged {
    std::string key, trace_id, parent_id, span_id;
  };
  Logged last_logged() {
    EXPECT_TRUE(wait_until([&] {
      const std::lock_guard lock(mutex_);
      return !logged_.empty();
    }));
    const std::lock_guard lock(mutex_);
    return logged_.back();
  }

  static security::SharedKeys::Held ring(std::string_view reader) {
    return std::make_shared<const security::KeyRing>(
        std::vector<security::Key>{{"team", security::Role::reader, security::hash_of(reader)},
                                   {"boss", security::Role::admin, security::hash_of("admin-key")}});
  }

  security::SharedKeys keys_{ring("reader-key")};
  std::mutex mutex_;
  std::vector<Logged> logged_;
};

TEST_F(AccessTest, TextsAreScoredForThoseWhoShowAKey) {
  const auto none = predict();
  EXPECT_TRUE(is_problem(none, 401, "unauthorized"));
  EXPECT_EQ(none.headers.at("www-authenticate"), "Bearer realm=\"tenor\"");
  EXPECT_TRUE(is_problem(predict("Authorization: Bearer other\r\n"), 401, "unauthorized"));
  EXPECT_EQ(predict("Authorization: Bearer reader-key\r\n").status, 200);
  EXPECT_EQ(predict("X-Api-Key: reader-key\r\n").status, 200);
  EXPECT_EQ(last_logged().key, "team");
  EXPECT_EQ(metric("tenor_errors_total{reason=\"unauthorized\"}"), 2);
}

TEST_F(AccessTest, WhatLoadBalancersAndBrowsersNeedFirstIsOpen) {
  EXPECT_EQ(ask(get("/health/live")).status, 200);
  EXPECT_EQ(ask(get("/health/ready")).status, 200);
  EXPECT_EQ(ask(get("/openapi.json")).status, 200);
  EXPECT_EQ(ask(get("/none")).status, 404);
  EXPECT_TRUE(is_problem(ask(get("/metrics")), 401, "unauthorized"));
  EXPECT_TRUE(is_problem(ask(get("/info")), 401, "unauthorized"));
  EXPECT_EQ(ask(get("/metrics", "Authorization: Bearer reader-key\r\n")).status, 200);
}

TEST_F(AccessTest, ClientsOfOtherApisShowKeysAsWell) {
  const std::string body = R"({"inputs":"good"})";
  const auto none = ask(post("/models/fake", body));
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.headers.at("content-type"), "application/json");
  EXPECT_TRUE(none.headers.contains("www-authenticate"));
  EXPECT_THAT(json::parse(none.body)["error"], HasSubstr("API key"));
  EXPECT_EQ(ask(post("/models/fake", body, "Authorization: Bearer reader-key\r\n")).status, 200);
  EXPECT_EQ(ask(get("/v2/models/fake")).status, 401);
  for (const char* probe : {"/health", "/v2/health/live", "/v2/health/ready"}) {
    EXPECT_EQ(ask(get(probe)).status, 200) << probe;
  }
}

TEST_F(AccessTest, OnlyAnAdminsKeyChangesThings) {
  const auto change = [this](const std::string& headers) { return ask(post("/v1/models/rescan", "{}", headers)); };
  EXPECT_TRUE(is_problem(change(""), 401, "unauthorized"));
  EXPECT_TRUE(is_problem(change("X-Api-Key: reader-key\r\n"), 403, "forbidden"));
  EXPECT_TRUE(is_problem(change("X-Api-Key: admin-key\r\n"), 409, "conflict"));  // there is no repository
}

TEST_F(AccessTest, ABodyIsNotReadForSomebodyWithoutAKey) {
  Client client(port());
  ASSERT_TRUE(client.send(
      "POST /predict HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: 4000000\r\n\r\n{"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(is_problem(*answer, 401, "unauthorized"));
  EXPECT_EQ(answer->headers.at("connection"), "close");
}

TEST_F(AccessTest, KeysAreReplacedWhileTheServerRuns) {
  EXPECT_EQ(predict("X-Api-Key: reader-key\r\n").status, 200);
  keys_.replace(ring("new-key"));
  EXPECT_EQ(predict("X-Api-Key: reader-key\r\n").status, 401);
  EXPECT_EQ(predict("X-Api-Key: new-key\r\n").status, 200);
}

// Asked for once, when the head has come; the next request of the connection is asked again.
TEST_F(AccessTest, AKeyIsAskedForOnceARequest) {
  Client client(port());
  const std::string head =
      "POST /predict HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nX-Api-Key: reader-key\r\n";
  const auto go_on = client.ask(head + "Expect: 100-continue\r\nContent-Length: 15\r\n\r\n");
  ASSERT_TRUE(go_on);
  EXPECT_EQ(go_on->status, 100);
  keys_.replace(ring("new-key"));
  const auto answer = client.ask(R"({"text":"good"})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(last_logged().key, "team");
  const auto next = client.ask(head + "Content-Length: 15\r\n\r\n" + R"({"text":"good"})");
  ASSERT_TRUE(next);
  EXPECT_TRUE(is_problem(*next, 401, "unauthorized"));
  EXPECT_EQ(last_logged().key, "");
}

TEST_F(AccessTest, TracesAreTakenOverAndEchoed) {
  const auto answer =
      predict("X-Api-Key: reader-key\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n");
  const auto echoed = answer.headers.at("traceparent");
  EXPECT_THAT(echoed, testing::MatchesRegex("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01"));
  const auto logged = last_logged();
  EXPECT_EQ(logged.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(logged.parent_id, "00f067aa0ba902b7");
  EXPECT_EQ(logged.span_id, echoed.substr(36, 16));
  EXPECT_EQ(predict("X-Api-Key: reader-key\r\ntraceparent: nonsense\r\n").headers.count("traceparent"), 0U);
  EXPECT_EQ(last_logged().trace_id, "");
}

TEST_F(ServerTest, WithoutKeysChangesMustNameThisMachine) {
  auto options = default_options();
  options.admin = true;
  start(options);
  const auto change = [this](const std::string& host) {
    return ask("POST /v1/models/rescan HTTP/1.1\r\nHost: " + host +
               "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  };
  EXPECT_TRUE(is_problem(change("rebound.example"), 403, "forbidden"));
  EXPECT_TRUE(is_problem(change("127.0.0.1:" + std::to_string(port())), 409, "conflict"));
}

TEST_F(ServerTest, OriginsAreLetInByName) {
  EXPECT_EQ(ask(get("/health/live", "Origin: https://app.example\r\n")).headers.count("access-control-allow-origin"),
            0U);
  auto options = default_options();
  options.live.cors_origins = {"https://app.example"};
  start(options);
  const auto answer = ask(post("/predict", R"({"text":"good"})", "Origin: https://app.example\r\n"));
  EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "https://app.example");
  const auto preflight =
      ask("OPTIONS /predict HTTP/1.1\r\nHost: t\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: "
          "POST\r\n\r\n");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_THAT(preflight.headers.at("access-control-allow-headers"), HasSubstr("Content-Type"));
  EXPECT_EQ(ask(get("/health/live", "Origin: https://evil.example\r\n")).headers.count("access-control-allow-origin"),
            0U);
}

TEST_F(ServerTest, SlowRequestsAreRemembered) {
  auto options = default_options();
  options.live.slow_seconds = 0;
  start(options);
  const auto scored = ask(post("/predict", R"({"text":"a secret text"})"));
  const auto answer = ask(get("/debug/slow"));
  ASSERT_EQ(answer.status, 200);
  const auto slow = nlohmann::json::parse(answer.body);
  ASSERT_GE(slow["requests"].size(), 1U);
  EXPECT_EQ(slow["requests"][0]["request_id"], scored.headers.at("x-request-id"));
  EXPECT_EQ(slow["requests"][0]["route"], "predict");
  EXPECT_THAT(slow["requests"][0]["server_timing"].get<std::string>(), HasSubstr("total;dur="));
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST_F(ServerTest, SettingsChangeWhileItRuns) {
  const auto origin = [this] {
    return ask(get("/health/live", "Origin: https://app.example\r\n")).headers.count("access-control-allow-origin");
  };
  EXPECT_EQ(origin(), 0U);
  server_->change({{"https://app.example"}, 0});
  EXPECT_EQ(origin(), 1U);
  const auto scored = ask(post("/predict", R"({"text":"good"})"));
  const auto slow = nlohmann::json::parse(ask(get("/debug/slow")).body);
  EXPECT_EQ(slow["threshold_ms"], 0.0);
  ASSERT_GE(slow["requests"].size(), 1U);
  server_->change({});
  EXPECT_EQ(origin(), 0U);
}

TEST_F(ServerTest, ReloadsForAnAdmin) {
  auto options = default_options();
  Reloaded reloaded{{"server.slow_ms"}, {"server.port"}, {}};
  options.reload = [&reloaded] { return reloaded; };
  start(options);
  const auto reload = [this](const std::string& body) { return ask(post("/v1/reload", body)); };
  EXPECT_TRUE(is_problem(reload("{}"), 403, "forbidden"));
  options.admin = true;
  start(options);
  const auto done = reload("{}");
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.body, R"({"applied":["server.slow_ms"],"needs_restart":["server.port"]})");
  EXPECT_EQ(reload("").status, 200);
  EXPECT_TRUE(is_problem(reload(R"({"port":1})"), 422, "out_of_range"));
  reloaded.refused = {"serve.yaml, line 3: nonsense"};
  const auto refused = reload("{}");
  EXPECT_TRUE(is_problem(refused, 422, "config_refused"));
  EXPECT_THAT(refused.body, HasSubstr("line 3: nonsense; what was read before stays"));
  EXPECT_TRUE(is_problem(ask(get("/v1/reload")), 405, "method_not_allowed"));
}

}  // namespace
}  // namespace tenor::http
