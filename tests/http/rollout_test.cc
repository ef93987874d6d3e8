// Arms, feedback and steering through the server.
#include "rollout/rollout.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server_fixture.h"
#include "serving/rollout_slot.h"

namespace tenor::http {
namespace {

using nlohmann::json;

rollout::Plan half_and_half() {
  rollout::Plan plan;
  plan.name = "test";
  plan.live = "one";
  plan.canary = "two";
  plan.stages.stages = {0.5, 1};
  return plan;
}

serving::RolloutSlot::Held borrowed(const serving::ArmedAnalyzer& armed) {
  return {&armed, [](const auto*) {}};
}

class RolloutServerTest : public ServerTest {
 protected:
  void SetUp() override { start_with(true); }
  void TearDown() override { server_.reset(); }

  void start_with(bool admin, decltype(ServerOptions::set_rollout) set_rollout = {}) {
    server_.reset();
    auto options = default_options();
    options.set_rollout = std::move(set_rollout);
    options.armed = &slot_;
    options.admin = admin;
    auto server = Server::start(options, slot_, metrics_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  Answer predict(const std::string& text, const std::string& headers = "") {
    return ask(post("/predict", json{{"text", text}}.dump(), headers));
  }
  json told() { return json::parse(ask(get("/v1/rollout")).body); }

  std::shared_ptr<FakeAnalyzer> one_ = std::make_shared<FakeAnalyzer>("1.0.0");
  std::shared_ptr<FakeAnalyzer> two_ = std::make_shared<FakeAnalyzer>("2.0.0");
  rollout::Rollout rollout_{half_and_half(), std::nullopt, {}, {}};
  serving::ArmedAnalyzer armed_{{one_, two_}, rollout_, 10, 1000};
  serving::RolloutSlot slot_{borrowed(armed_)};
};

TEST_F(RolloutServerTest, ChoosesTheArmByHeaderElseFieldElseText) {
  int twos = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "user-" + std::to_string(i);
    const std::string arm = armed_.rollout().arm_names()[rollout_.arm_for(key)];
    twos += arm == "two" ? 1 : 0;
    EXPECT_EQ(predict("good", "X-Rollout-Key: " + key + "\r\n").headers.at("x-tenor-arm"), arm);
    const json body = {{"text", "good"}, {"rollout_key", key}};
    EXPECT_EQ(ask(post("/predict", body.dump())).headers.at("x-tenor-arm"), arm);
    EXPECT_EQ(predict(key).headers.at("x-tenor-arm"), arm);
    EXPECT_EQ(predict(key, "X-Rollout-Key: other\r\n").headers.at("x-tenor-arm"),
              armed_.rollout().arm_names()[rollout_.arm_for("other")]);
  }
  EXPECT_GT(twos, 5);
  EXPECT_LT(twos, 35);
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":"x","rollout_key":5})")), 422, "wrong_type"));
}

TEST_F(RolloutServerTest, AnArmThatIsNamedAnswersAndIsNotCounted) {
  for (const std::string name : {"one", "two"}) {
    const auto answer = ask(post("/v1/analyze", json{{"text", "good"}, {"model", name}, {"rollout_key", "k"}}.dump(),
                                 "X-Request-Id: compared\r\nX-Rollout-Key: k\r\n"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("x-tenor-arm"), name);
    EXPECT_EQ(json::parse(answer.body)["model_version"], name == "one" ? "1.0.0" : "2.0.0");
  }
  json texts = json::array();
  for (int i = 0; i < 20; ++i) texts.push_back(std::string(5000, 'x') + std::to_string(i));
  EXPECT_EQ(ask(post("/predict_batch", json{{"texts", texts}, {"model", "two"}}.dump())).headers.at("x-tenor-arm"),
            "two");
  EXPECT_EQ(two_->scored().size(), 21U);
  texts.push_back("y");
  EXPECT_TRUE(
      is_problem(ask(post("/predict_batch", json{{"texts", texts}, {"model", "x"}}.dump())), 422, "unknown_model"));
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":"good","model":"three"})")), 422, "unknown_model"));
  const json report = told();
  for (const auto& arm : report["arms"]) EXPECT_EQ(arm["total"]["requests"], 0);
  const json feedback = {{"request_id", "compared"}, {"label", "positive"}};
  EXPECT_TRUE(is_problem(ask(post("/v1/feedback", feedback.dump())), 404, "not_found"));
}

TEST_F(RolloutServerTest, EveryDialectHasArms) {
  const std::string tensor = R"("inputs":[{"name":"text","datatype":"BYTES","shape":[1],"data":["good"]}])";
  for (int i = 0; i < 10; ++i) {
    const std::string key = "user-" + std::to_string(i);
    const auto arm = rollout_.arm_for(key);
    const auto name = armed_.rollout().arm_names()[arm];
    const auto header = "X-Rollout-Key: " + key + "\r\n";
    EXPECT_EQ(ask(post("/predict", R"({"inputs":"good"})", header)).headers.at("x-tenor-arm"), name);
    EXPECT_EQ(ask(post("/models/fake", R"({"inputs":"good","parameters":{"rollout_key":")" + key + "\"}}"))
                  .headers.at("x-tenor-arm"),
              name);
    const auto answer = ask(post("/v2/models/fake/infer", "{" + tensor + "}", header));
    EXPECT_EQ(answer.headers.at("x-tenor-arm"), name);
    EXPECT_EQ(json::parse(answer.body)["model_version"], arm == 0 ? "1.0.0" : "2.0.0");
  }
  for (const std::string name : {"one", "two"}) {
    EXPECT_EQ(ask(post("/models/" + name, R"({"inputs":"good"})")).headers.at("x-tenor-arm"), name);
    EXPECT_EQ(ask(post("/v2/models/" + name + "/infer", "{" + tensor + "}")).headers.at("x-tenor-arm"), name);
  }
  EXPECT_EQ(ask(post("/predict", R"({"inputs":"good","model":"two"})")).headers.at("x-tenor-arm"), "two");
  EXPECT_EQ(ask(post("/predict", R"({"inputs":"good","model":"x"})")).status, 422);
  EXPECT_EQ(ask(post("/models/tenor", R"({"inputs":"good","parameters":{"model":"x"}})")).status, 404);
  const auto one_version = ask(post("/v2/models/fake/versions/1.0.0/infer", "{" + tensor + "}"));
  EXPECT_EQ(one_version.status, 409) << one_version.body;
}

TEST_F(RolloutServerTest, SendsLargeRequestsToTheirArm) {
  const std::string key = rollout_.arm_for("k1") == 1 ? "k1" : rollout_.arm_for("k2") == 1 ? "k2" : "k3";
  ASSERT_EQ(rollout_.arm_for(key), 1U);
  json texts = json::array();
  for (int i = 0; i < 20; ++i) texts.push_back(std::string(5000, 'x') + std::to_string(i));
  const auto answer = ask(post("/predict_batch", json{{"texts", texts}}.dump(), "X-Rollout-Key: " + key + "\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("x-tenor-arm"), "two");
  EXPECT_EQ(two_->scored().size(), 20U);
  EXPECT_TRUE(one_->scored().empty());
  EXPECT_EQ(told()["arms"][1]["total"]["requests"], 20);
}

TEST_F(RolloutServerTest, CountsWhatAnArmThrows) {
  const auto arm = rollout_.arm_for("!throw");
  EXPECT_EQ(predict("!throw").status, 500);
  EXPECT_EQ(told()["arms"][arm]["total"]["error_rate"], 1.0);
  EXPECT_EQ(predict(" ").status, 422);  // the request's own fault
  EXPECT_EQ(told()["arms"][arm]["total"]["requests"], 1);
}

TEST_F(RolloutServerTest, CountsFeedbackOnce) {
  const auto answer = predict("good food", "X-Request-Id: abc\r\n");
  const auto arm = rollout_.arm_for("good food");
  const auto feedback = [&](const json& body) { return ask(post("/v1/feedback", body.dump())); };
  EXPECT_EQ(feedback({{"request_id", "abc"}, {"label", "positive"}}).status, 200);
  EXPECT_TRUE(is_problem(feedback({{"request_id", "abc"}, {"label", "positive"}}), 404, "not_found"));
  EXPECT_EQ(feedback({{"text", "good food"}, {"label", "negative"}}).status, 200);
  EXPECT_TRUE(is_problem(feedback({{"text", "never seen"}, {"label", "negative"}}), 404, "not_found"));
  EXPECT_TRUE(is_problem(feedback({{"text", "good food"}, {"label", "great"}}), 422, "out_of_range"));
  EXPECT_TRUE(is_problem(feedback({{"text", "good food"}}), 422, "missing_field"));
  EXPECT_TRUE(is_problem(feedback({{"label", "positive"}}), 422, "missing_field"));
  EXPECT_TRUE(is_problem(feedback({{"request_id", "a"}, {"index", -1}, {"label", "positive"}}), 422, "wrong_type"));
  EXPECT_TRUE(is_problem(feedback({{"request", "a"}, {"label", "positive"}}), 422, "out_of_range"));
  EXPECT_TRUE(is_problem(ask(post("/v1/feedback", "{")), 400, "broken_json"));
  const auto total = told()["arms"][arm]["total"];
  EXPECT_EQ(total["labelled"], 2);
  EXPECT_EQ(total["accuracy"], 0.5);
}

TEST_F(RolloutServerTest, IsSteered) {
  const auto order = [&](const json& body) { return ask(post("/v1/rollout", body.dump())); };
  const auto paused = order({{"action", "pause"}, {"reason", "lunch"}});
  EXPECT_EQ(paused.status, 200);
  EXPECT_EQ(json::parse(paused.body)["canary"]["phase"], "paused");
  EXPECT_TRUE(is_problem(order({{"action", "pause"}}), 409, "conflict"));
  EXPECT_TRUE(is_problem(order({{"action", "explode"}}), 422, "out_of_range"));
  EXPECT_TRUE(is_problem(order({{"weights", {{"nobody", 0.5}}}}), 409, "conflict"));
  EXPECT_TRUE(is_problem(order({{"weights", 5}}), 422, "wrong_type"));
  EXPECT_TRUE(is_problem(order(json::object()), 422, "missing_field"));
  EXPECT_EQ(order({{"action", "abort"}}).status, 200);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(predict("good " + std::to_string(i)).headers.at("x-tenor-arm"), "one");
  const auto decisions = told()["decisions"];
  ASSERT_EQ(decisions.size(), 3U);
  EXPECT_EQ(decisions[1]["reason"], "lunch");
  EXPECT_EQ(decisions[2]["move"], "roll_back");
  EXPECT_EQ(decisions[2]["automatic"], false);
}

TEST_F(RolloutServerTest, AnotherRolloutTakesItsPlace) {
  rollout::Plan plan;
  plan.name = "next";
  plan.live = "three";
  const auto three = std::make_shared<FakeAnalyzer>("3.0.0");
  rollout::Rollout rollout(plan, std::nullopt, {}, {});
  const serving::ArmedAnalyzer armed({three}, rollout, 10, 1000);
  EXPECT_NE(predict("good").headers.at("x-tenor-arm"), "three");
  slot_.publish(borrowed(armed));
  EXPECT_EQ(predict("good").headers.at("x-tenor-arm"), "three");
  EXPECT_EQ(predict("good", "X-Rollout-Key: k\r\n").headers.at("x-tenor-arm"), "three");
  EXPECT_EQ(ask(post("/models/three", R"({"inputs":"good"})")).headers.at("x-tenor-arm"), "three");
  EXPECT_EQ(ask(post("/models/two", R"({"inputs":"good"})")).status, 404);
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":"good","model":"two"})")), 422, "unknown_model"));
  EXPECT_EQ(told()["name"], "next");
  server_.reset();
}

TEST_F(RolloutServerTest, ItsPlanIsSet) {
  const auto order = [&](const json& body) { return ask(post("/v1/rollout", body.dump())); };
  EXPECT_TRUE(is_problem(order({{"plan", {{"canary", "zh@2"}}}}), 409, "conflict"));
  rollout::PlanOrder ordered;
  std::string reason;
  Status status;
  start_with(true, [&](const rollout::PlanOrder& plan, const std::string& why) {
    ordered = plan;
    reason = why;
    return status;
  });
  const json plan = {{"live", "zh@1"}, {"canary", nullptr}, {"arms", {{"b", 0.25}}}, {"stages", {0.5, 1}}};
  EXPECT_EQ(order({{"plan", plan}, {"reason", "july"}}).status, 200);
  EXPECT_EQ(ordered.live, "zh@1");
  EXPECT_EQ(ordered.canary, "");
  EXPECT_EQ(ordered.stages, (std::vector<double>{0.5, 1}));
  EXPECT_EQ(ordered.arms, (std::vector<rollout::WeightedArm>{{"b", 0.25}}));
  EXPECT_FALSE(ordered.shadows);
  EXPECT_FALSE(ordered.name);
  EXPECT_EQ(reason, "july");
  EXPECT_TRUE(is_problem(order({{"plan", {{"canray", "zh@2"}}}}), 422, "out_of_range"));
  EXPECT_TRUE(is_problem(order({{"plan", {{"shadow", {1}}}}}), 422, "wrong_type"));
  EXPECT_TRUE(is_problem(order({{"plan", 5}}), 422, "wrong_type"));
  EXPECT_TRUE(is_problem(order({{"plan", plan}, {"action", "pause"}}), 422, "missing_field"));
  status = fail(ErrorCode::not_found, "the repository has en, zh");
  const auto missing = order({{"plan", {{"canary", "fr"}}}});
  EXPECT_TRUE(is_problem(missing, 404, "not_found"));
  EXPECT_NE(missing.body.find("has en, zh"), std::string::npos) << missing.body;
}

TEST_F(RolloutServerTest, IsSteeredOnlyWhereThatIsAllowed) {
  start_with(false);
  EXPECT_TRUE(is_problem(ask(post("/v1/rollout", R"({"action":"abort"})")), 403, "forbidden"));
  EXPECT_EQ(told()["canary"]["phase"], "running");
}

TEST_F(ServerTest, HasNoRolloutWithoutOne) {
  EXPECT_TRUE(is_problem(ask(get("/v1/rollout")), 404, "not_found"));
  EXPECT_TRUE(is_problem(ask(post("/v1/feedback", R"({"text":"a","label":"positive"})")), 404, "not_found"));
  const auto answer = ask(post("/predict", R"({"text":"good","rollout_key":"k"})"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.count("x-tenor-arm"), 0U);
}

}  // namespace
}  // namespace tenor::http
