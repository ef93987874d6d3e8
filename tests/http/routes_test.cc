// What each path answers.
#include "server_fixture.h"

namespace tenor::http {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST_F(ServerTest, PredictAnswersOneVerdict) {
  const auto answer = ask(post("/predict", R"({"text":"good","language":"en"})"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  const auto body = json::parse(answer.body);
  EXPECT_EQ(body["label"], "positive");
  EXPECT_EQ(body["score"], 0.75);
  EXPECT_EQ(body["probabilities"], (json{{"positive", 0.75}, {"neutral", 0.25}, {"negative", 0}}));
  EXPECT_EQ(body["language"], "en");
  EXPECT_EQ(body["model"], "fake");
  EXPECT_EQ(body["invalid_bytes"], 0);
}

TEST_F(ServerTest, PredictFaults) {
  EXPECT_TRUE(is_problem(ask(post("/predict", "{")), 400, "broken_json"));
  EXPECT_TRUE(is_problem(ask(post("/predict", "")), 400, "broken_json"));
  EXPECT_TRUE(is_problem(ask(post("/predict", "{}")), 422, "missing_field"));
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":1})")), 422, "wrong_type"));
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":" "})")), 422, "empty_text"));
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":"a","language":"xx"})")), 422, "unknown_language"));
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":"!throw"})")), 500, "internal_error"));
  EXPECT_EQ(metric("tenor_errors_total{reason=\"empty_text\"}"), 1);
}

TEST_F(ServerTest, AModelMayBeNamed) {
  for (const char* path : {"/predict", "/v1/analyze"}) {
    EXPECT_EQ(json::parse(ask(post(path, R"({"text":"good","model":"fake"})")).body)["model"], "fake");
    EXPECT_EQ(json::parse(ask(post(path, R"({"text":"good","model":null})")).body)["model"], "fake");
    EXPECT_TRUE(is_problem(ask(post(path, R"({"text":"good","model":"zh-9"})")), 422, "unknown_model"));
  }
  EXPECT_TRUE(is_problem(ask(post("/predict_batch", R"({"texts":["good"],"model":"zh-9"})")), 422, "unknown_model"));
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":"good","model":5})")), 422, "wrong_type"));
}

TEST_F(ServerTest, InvalidBytesAreCountedInTheAnswer) {
  const auto body = json::parse(ask(post("/predict", "{\"text\":\"good \xFF\xFE\"}")).body);
  EXPECT_EQ(body["label"], "positive");
  EXPECT_EQ(body["invalid_bytes"], 2);
}

TEST_F(ServerTest, BatchAnswersEveryItemInOrder) {
  const auto answer = ask(post("/predict_batch", R"({"texts":["good","bad","",7,"good"]})"));
  EXPECT_EQ(answer.status, 200);
  const auto body = json::parse(answer.body);
  ASSERT_EQ(body["results"].size(), 5u);
  EXPECT_EQ(body["errors"], 2);
  EXPECT_EQ(body["results"][0]["label"], "positive");
  EXPECT_EQ(body["results"][1]["label"], "negative");
  EXPECT_EQ(body["results"][2]["error"]["type"], "empty_text");
  EXPECT_EQ(body["results"][3]["error"]["type"], "wrong_type");
  EXPECT_EQ(body["results"][4]["label"], "positive");
  EXPECT_EQ(json::parse(ask(post("/predict_batch", R"({"texts":[]})")).body)["results"], json::array());
}

TEST_F(ServerTest, LargeBatchGoesToAWorkerAndComesBackWhole) {
  json request;
  for (int i = 0; i < 1000; ++i) request["texts"].push_back(i % 3 == 0 ? "good text" : "bad text");
  const auto body = json::parse(ask(post("/predict_batch", request.dump())).body);
  ASSERT_EQ(body["results"].size(), 1000u);
  for (std::size_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(body["results"][i]["label"], i % 3 == 0 ? "positive" : "negative") << i;
  }
  request["texts"].push_back("one more");
  EXPECT_TRUE(is_problem(ask(post("/predict_batch", request.dump())), 413, "too_many_texts"));
}

TEST_F(ServerTest, AnalyzeAnswersOneOrMany) {
  const auto one = json::parse(ask(post("/v1/analyze", R"({"text":"good","aspects":["food"],"explain":true})")).body);
  EXPECT_EQ(one["label"], "positive");
  EXPECT_EQ(one["aspects"][0]["name"], "food");
  EXPECT_TRUE(one.contains("evidence"));
  EXPECT_TRUE(one["time_us"].is_number());
  const auto many = json::parse(ask(post("/v1/analyze", R"({"texts":["good",null]})")).body);
  EXPECT_EQ(many["results"][0]["label"], "positive");
  EXPECT_EQ(many["errors"], 1);
  EXPECT_TRUE(is_problem(ask(post("/v1/analyze", R"({"text":"a","aspects":["mood"]})")), 422, "unknown_aspect"));
  EXPECT_TRUE(is_problem(ask(post("/v1/analyze", R"({"text":"a","texts":[]})")), 422, "duplicate_field"));
}

TEST_F(ServerTest, SaysWhereAnAnswerCameFrom) {
  for (const auto* path : {"/predict", "/v1/analyze"}) {
    EXPECT_FALSE(ask(post(path, R"({"text":"good"})")).headers.contains("x-tenor-cache"));
    EXPECT_EQ(ask(post(path, R"({"text":"!miss"})")).headers.at("x-tenor-cache"), "miss");
    EXPECT_EQ(ask(post(path, R"({"text":"!hit"})")).headers.at("x-tenor-cache"), "hit");
    EXPECT_FALSE(ask(post(path, R"({"text":" "})")).headers.contains("x-tenor-cache"));
  }
  const auto batch = ask(post("/v1/analyze", R"({"texts":["!hit","!miss","good"]})"));
  EXPECT_FALSE(batch.headers.contains("x-tenor-cache"));
  const auto results = json::parse(batch.body)["results"];
  EXPECT_EQ(results[0]["cached"], true);
  EXPECT_FALSE(results[1].contains("cached"));
  EXPECT_FALSE(results[2].contains("cached"));
  EXPECT_FALSE(json::parse(ask(post("/predict", R"({"text":"!hit"})")).body).contains("cached"));
}

TEST_F(ServerTest, MetricsTakeInWhatOthersKeep) {
  auto options = default_options();
  options.append_metrics = [](std::string& out) { out += "tenor_extra 7\n"; };
  start(options);
  EXPECT_THAT(ask(get("/metrics")).body, HasSubstr("\ntenor_extra 7\n"));
}

TEST_F(ServerTest, DevicesAreShownWhereTheyAreWatched) {
  EXPECT_TRUE(is_problem(ask(get("/v1/devices")), 404, "not_found"));
  const devices::Monitor monitor({});
  auto options = default_options();
  options.devices = &monitor;
  start(options);
  const auto answer = ask(get("/v1/devices"));
  EXPECT_EQ(answer.status, 200);
  const auto shown = json::parse(answer.body);
  EXPECT_GE(shown["cpu"]["cpus"], 1);
  EXPECT_EQ(shown["driver"]["present"], false);
  EXPECT_EQ(shown["gpus"], json::array());
  EXPECT_TRUE(is_problem(ask(post("/v1/devices", "{}")), 405, "method_not_allowed"));
  server_.reset();  // before the monitor
}

TEST_F(ServerTest, StatusPaths) {
  EXPECT_EQ(ask(get("/health/live")).body, R"({"status":"live"})");
  EXPECT_EQ(ask(get("/health/ready?verbose")).body, R"({"status":"ready"})");
  const auto info = json::parse(ask(get("/info")).body);
  EXPECT_EQ(info["version"], "test");
  EXPECT_EQ(info["models"][0]["name"], "fake");
  EXPECT_EQ(info["models"][0]["tasks"][1]["labels"].size(), 4u);
  EXPECT_EQ(info["limits"]["max_texts"], 1000);
  EXPECT_EQ(info["admin"], false);
  EXPECT_EQ(json::parse(ask(get("/openapi.json")).body)["openapi"], "3.1.0");
}

TEST_F(ServerTest, MetricsCountWhatHappened) {
  ask(post("/predict", R"({"text":"good"})"));
  ask(get("/nowhere"));
  const auto answer = ask(get("/metrics"));
  EXPECT_EQ(answer.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr("tenor_requests_total{route=\"predict\",status=\"200\"} 1"));
  EXPECT_THAT(answer.body, HasSubstr("tenor_requests_total{route=\"other\",status=\"404\"} 1"));
  EXPECT_THAT(answer.body, HasSubstr("tenor_texts_total{label=\"positive\",language=\"zh\"} 1"));
  EXPECT_THAT(answer.body, HasSubstr("tenor_in_flight 1"));  // this one
}

TEST_F(ServerTest, PageIsServedSafelyAndRevalidated) {
  const auto page = ask(get("/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("default-src 'self'"));
  EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(page.headers.at("referrer-policy"), "no-referrer");
  EXPECT_FALSE(page.headers.contains("access-control-allow-origin"));
  Client client(port());
  const auto again = client.ask(get("/", "If-None-Match: " + page.headers.at("etag") + "\r\n"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(client.ask(get("/", "If-None-Match: \"other\"\r\n"))->status, 200);
}

TEST_F(ServerTest, MethodsAndPaths) {
  EXPECT_TRUE(is_problem(ask(get("/nowhere")), 404, "not_found"));
  EXPECT_TRUE(is_problem(ask(get("/assets/../../etc/passwd")), 404, "not_found"));
  const auto wrong = ask(get("/predict"));
  EXPECT_TRUE(is_problem(wrong, 405, "method_not_allowed"));
  EXPECT_EQ(wrong.headers.at("allow"), "POST, OPTIONS");
  EXPECT_TRUE(is_problem(ask(post("/info", "{}")), 405, "method_not_allowed"));
  EXPECT_TRUE(is_problem(ask("BREW /info HTTP/1.1\r\nHost: a\r\n\r\n"), 405, "method_not_allowed"));
  const auto options = ask("OPTIONS /predict HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.at("allow"), "POST, OPTIONS");
  EXPECT_EQ(ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").status, 204);
  Client client(port());
  ASSERT_TRUE(client.send("HEAD /health/live HTTP/1.1\r\nHost: a\r\n\r\n" + get("/health/live")));
  EXPECT_EQ(client.receive(true)->headers.at("content-length"), "17");
  EXPECT_EQ(client.receive()->body.size(), 17u);
}

TEST_F(ServerTest, MediaTypes) {
  const std::string head = "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n";
  const std::string body = "\r\n{\"text\":\"good\"}";
  EXPECT_TRUE(is_problem(ask(head + body), 415, "unsupported_media_type"));
  EXPECT_TRUE(is_problem(ask(head + "Content-Type: text/plain\r\n" + body), 415, "unsupported_media_type"));
  EXPECT_TRUE(is_problem(ask(head + "Content-Type: application/json\r\nContent-Encoding: gzip\r\n" + body), 415,
                         "unsupported_media_type"));
  EXPECT_EQ(ask(head + "Content-Type: text/json;charset=utf-8\r\n" + body).status, 200);
}

TEST_F(ServerTest, RequestIdsAreKeptOrMade) {
  EXPECT_EQ(ask(get("/info", "X-Request-Id: mine-1\r\n")).headers.at("x-request-id"), "mine-1");
  EXPECT_NE(ask(get("/info", "X-Request-Id: not mine\r\n")).headers.at("x-request-id"), "not mine");
  EXPECT_NE(ask(get("/info")).headers.at("x-request-id"), ask(get("/info")).headers.at("x-request-id"));
}

// The first verdict of a session that never had one holds no model to name.
TEST_F(ServerTest, ABatchMayBeginWithATextThatFails) {
  const auto answer = ask(post("/predict_batch", R"({"texts":["  ","good"]})"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto body = nlohmann::json::parse(answer.body);
  EXPECT_EQ(body["errors"], 1);
  EXPECT_EQ(body["results"][0]["error"]["type"], "empty_text");
  EXPECT_EQ(body["results"][1]["label"], "positive");
}

}  // namespace
}  // namespace tenor::http
