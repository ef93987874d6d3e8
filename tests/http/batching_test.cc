// Texts that take long: who waits, who is refused, who goes first.
#include <algorithm>
#include <chrono>
#include <thread>

#include "server_fixture.h"

namespace tenor::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// About 100 tokens, predicted to take a millisecond.
std::string body(const std::string& words, const std::string& members = "") {
  return R"({"text":")" + words + std::string(400 - words.size(), ' ') + "x\"" + members + "}";
}
std::string ask_for(const std::string& words, const std::string& members = "", std::string_view headers = {}) {
  return post("/predict", body(words, members), headers);
}

// One worker, kept busy by a first client until the gate opens.
class BatchingTest : public ServerTest {
 protected:
  void SetUp() override {
    analyzer_.pretend_encoder();
    options_.batching.workers = 1;
    options_.batching.admission.queue_tokens = {250, 10'000};
  }

  void start_busy() {
    start(options_);
    busy_ = std::make_unique<Client>(port());
    ASSERT_TRUE(busy_->send(ask_for("!gate")));
    analyzer_.gate().wait_for_arrivals(1);
  }

  double waiting(const std::string& priority) { return metric("tenor_queue_texts{priority=\"" + priority + "\"}"); }

  // Sent, and seen to wait.
  std::unique_ptr<Client> send_waiting(const std::string& wire, const std::string& priority) {
    auto client = std::make_unique<Client>(port());
    const double before = waiting(priority);
    EXPECT_TRUE(client->send(wire));
    EXPECT_TRUE(wait_until([&] { return waiting(priority) > before; }));
    return client;
  }

  // The first words of what was scored.
  std::vector<std::string> order() const {
    std::vector<std::string> words;
    for (const auto& text : analyzer_.scored()) words.push_back(text.substr(0, text.find(' ')));
    return words;
  }

  ServerOptions options_ = default_options();
  std::unique_ptr<Client> busy_;
};

TEST_F(BatchingTest, OverloadIsRefusedAtOnceAndWhatWaitsIsAnswered) {
  start_busy();
  const auto first = send_waiting(ask_for("first"), "interactive");
  const auto second = send_waiting(ask_for("second"), "interactive");
  Client third(port());
  const auto refused = third.ask(ask_for("third"));
  ASSERT_TRUE(refused);
  EXPECT_TRUE(is_problem(*refused, 429, "too_busy"));
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  // Neither cheap requests nor others of that connection suffer.
  EXPECT_EQ(third.ask(ask_for("cheap", R"(,"budget":"fast")"))->status, 200);
  EXPECT_EQ(third.ask(post("/predict", R"({"text":"short"})"))->status, 200);
  EXPECT_EQ(third.ask(get("/health/ready"))->status, 200);
  analyzer_.gate().open();
  EXPECT_EQ(busy_->receive()->status, 200);
  EXPECT_EQ(first->receive()->status, 200);
  EXPECT_EQ(second->receive()->status, 200);
  EXPECT_EQ(metric("tenor_refusals_total{reason=\"queue_full\"}"), 1);
  EXPECT_EQ(metric("tenor_errors_total{reason=\"too_busy\"}"), 1);
  EXPECT_EQ(metric("tenor_batch_texts_bucket{le=\"1\"}"), 1);
  EXPECT_EQ(metric("tenor_batch_texts_bucket{le=\"2\"}"), 2);
  EXPECT_EQ(metric("tenor_queue_wait_seconds_count{priority=\"interactive\"}"), 3);
  EXPECT_EQ(waiting("interactive"), 0);
}

// The first request that waits has done so for more than ten milliseconds, the target being one.
TEST_F(BatchingTest, AQueueThatDoesNotGetShortTakesNobodyUntilItDoes) {
  options_.batching.admission.standing.target_us = 1000;
  start_busy();
  const auto first = send_waiting(ask_for("first"), "interactive");
  std::this_thread::sleep_for(std::chrono::milliseconds(15));
  Client second(port());
  const auto refused = second.ask(ask_for("second"));
  ASSERT_TRUE(refused);
  EXPECT_TRUE(is_problem(*refused, 429, "too_busy"));
  EXPECT_THAT(refused->body, HasSubstr("does not get short"));
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  EXPECT_EQ(metric("tenor_queue_standing{priority=\"interactive\"}"), 1);
  EXPECT_EQ(metric("tenor_queue_standing{priority=\"bulk\"}"), 1);
  EXPECT_EQ(second.ask(post("/predict", R"({"text":"short"})"))->status, 200);  // these do not wait
  analyzer_.gate().open();
  EXPECT_EQ(first->receive()->status, 200);
  EXPECT_TRUE(wait_until([&] { return metric("tenor_queue_standing{priority=\"bulk\"}") == 0; }));
  EXPECT_EQ(second.ask(ask_for("third"))->status, 200);
  EXPECT_EQ(metric("tenor_refusals_total{reason=\"standing_queue\"}"), 1);
}

TEST_F(BatchingTest, ClientsThatHaveGoneAreNotScored) {
  start_busy();
  const auto gone = send_waiting(ask_for("gone"), "interactive");
  const auto stays = send_waiting(ask_for("stays"), "interactive");
  gone->reset();
  analyzer_.gate().open();
  EXPECT_EQ(stays->receive()->status, 200);
  EXPECT_THAT(order(), ElementsAre("!gate", "stays"));
  EXPECT_EQ(metric("tenor_refusals_total{reason=\"departed\"}"), 1);
  EXPECT_TRUE(wait_until([&] { return metric("tenor_connections") == 2 && metric("tenor_in_flight") == 0; }));
}

TEST_F(BatchingTest, EndedClientsAreScoredUnlessToldOtherwise) {
  start(options_);
  Client patient(port());
  ASSERT_TRUE(patient.send(ask_for("good")));
  patient.finish_sending();
  EXPECT_EQ(patient.receive().value_or(Answer()).status, 200);

  options_.abort_on_close = true;
  start_busy();
  const auto ended = send_waiting(ask_for("ended"), "interactive");
  ended->finish_sending();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // for the end to arrive
  analyzer_.gate().open();
  EXPECT_FALSE(ended->receive());
  EXPECT_EQ(metric("tenor_refusals_total{reason=\"departed\"}"), 1);
}

TEST_F(BatchingTest, DeadlinesThatCannotBeMetAreRefusedAtOnce) {
  start_busy();
  // The batch that runs will take half a millisecond more by the prediction.
  const auto refused = ask(ask_for("hasty", R"(,"deadline_ms":0.1)"));
  EXPECT_TRUE(is_problem(refused, 429, "deadline_exceeded"));
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  EXPECT_EQ(metric("tenor_refusals_total{reason=\"deadline\"}"), 1);
  analyzer_.gate().open();
}

TEST_F(BatchingTest, DeadlinesThatPassWhileWaitingAreNotScored) {
  start_busy();
  const auto late = send_waiting(ask_for("late", R"(,"deadline_ms":50)"), "interactive");
  const auto patient = send_waiting(ask_for("patient", R"(,"deadline_ms":1e6)"), "interactive");
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  analyzer_.gate().open();
  EXPECT_TRUE(is_problem(late->receive().value_or(Answer()), 429, "deadline_exceeded"));
  EXPECT_EQ(patient->receive()->status, 200);
  EXPECT_THAT(order(), ElementsAre("!gate", "patient"));
  EXPECT_EQ(metric("tenor_refusals_total{reason=\"expired\"}"), 1);
}

TEST_F(BatchingTest, InteractiveGoesBeforeBulk) {
  start_busy();
  const auto bulk = send_waiting(ask_for("bulk", "", "X-Priority: bulk\r\n"), "bulk");
  const auto field = send_waiting(ask_for("field", R"(,"priority":"bulk")", "X-Priority: interactive\r\n"), "bulk");
  const auto plain = send_waiting(ask_for("plain"), "interactive");
  analyzer_.gate().open();
  for (const auto* client : {bulk.get(), field.get(), plain.get()}) {
    EXPECT_EQ(const_cast<Client*>(client)->receive()->status, 200);
  }
  EXPECT_THAT(order(), ElementsAre("!gate", "plain", "bulk", "field"));
  EXPECT_TRUE(is_problem(ask(ask_for("x", "", "X-Priority: high\r\n")), 422, "out_of_range"));
  EXPECT_TRUE(is_problem(ask(ask_for("x", R"(,"priority":"high")")), 422, "out_of_range"));
}

TEST_F(BatchingTest, LargeBatchesLetSingleTextsThrough) {
  options_.batching.batch.batch_tokens = 120;
  start_busy();
  std::string texts;
  for (int i = 0; i < 9; ++i) texts += (i > 0 ? ",\"" : "\"") + std::to_string(i) + " " + std::string(398, 'x') + "\"";
  const auto large = send_waiting(post("/predict_batch", "{\"texts\":[" + texts + "]}"), "bulk");
  const auto single = send_waiting(ask_for("single"), "interactive");
  analyzer_.gate().open();
  EXPECT_EQ(single->receive()->status, 200);
  const auto answer = large->receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(nlohmann::json::parse(answer->body)["results"].size(), 9u);
  EXPECT_THAT(order(), ElementsAre("!gate", "single", "0", "1", "2", "3", "4", "5", "6", "7", "8"));
}

TEST_F(BatchingTest, ExplainingDoesNotHoldUpTheLoop) {
  options_.threads = 1;
  start(options_);
  Client explaining(port());
  ASSERT_TRUE(explaining.send(post("/v1/analyze", R"({"text":"!gate a short text","explain":true})")));
  analyzer_.gate().wait_for_arrivals(1);
  EXPECT_EQ(ask(post("/predict", R"({"text":"short"})")).status, 200);
  analyzer_.gate().open();
  EXPECT_EQ(explaining.receive()->status, 200);
}

TEST_F(BatchingTest, AnswersSayWhereTheTimeWent) {
  start(options_);
  for (const auto& wire : {ask_for("good"), post("/predict", R"({"text":"good"})"),
                           post("/predict_batch", R"({"texts":["good","bad"]})")}) {
    const auto answer = ask(wire);
    EXPECT_EQ(answer.status, 200);
    const auto& timing = answer.headers.at("server-timing");
    EXPECT_THAT(timing, StartsWith("queue;dur="));
    for (const auto* part : {", tokenise;dur=", ", inference;dur=", ", total;dur="}) {
      EXPECT_THAT(timing, HasSubstr(part));
    }
  }
}

TEST_F(BatchingTest, ErrorsOfTextsStayTheirOwn) {
  start(options_);
  const auto one = ask(ask_for("!throw"));
  EXPECT_TRUE(is_problem(one, 500, "internal_error"));
  const std::string pad(400, 'x');
  const auto many =
      ask(post("/predict_batch", R"({"texts":["good )" + pad + R"(",7,"!throw","","bad )" + pad + "\"]}"));
  EXPECT_EQ(many.status, 200);
  const auto results = nlohmann::json::parse(many.body)["results"];
  EXPECT_EQ(results[0]["label"], "positive");
  EXPECT_EQ(results[1]["error"]["type"], "wrong_type");
  EXPECT_EQ(results[2]["error"]["type"], "internal_error");
  EXPECT_EQ(results[3]["error"]["type"], "empty_text");
  EXPECT_EQ(results[4]["label"], "negative");
}

TEST_F(BatchingTest, BodiesReadByAWorkerMayBeAtFault) {
  start(options_);
  const std::string large(100'000, ' ');
  EXPECT_TRUE(is_problem(ask(post("/predict", large)), 400, "broken_json"));
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":7})" + large)), 422, "wrong_type"));
  EXPECT_EQ(nlohmann::json::parse(ask(post("/predict_batch", R"({"texts":[]})" + large)).body)["errors"], 0);
  EXPECT_EQ(ask(post("/predict", R"({"text":"good"})" + large)).status, 200);
}

TEST_F(BatchingTest, DrainAnswersWhatWaits) {
  start_busy();
  const auto waiting = send_waiting(ask_for("good"), "interactive");
  server_->begin_drain();
  analyzer_.gate().open();
  EXPECT_EQ(busy_->receive()->status, 200);
  const auto answer = waiting->receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.at("connection"), "close");
  EXPECT_TRUE(wait_until([&] { return server_->drained(); }));
}

}  // namespace
}  // namespace tenor::http
