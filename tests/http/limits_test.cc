// What the server refuses to take, hold or wait for.
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "server_fixture.h"

namespace tenor::http {
namespace {

using std::chrono::milliseconds;

class LimitsTest : public ServerTest {
 protected:
  void SetUp() override {}

  ServerOptions options_ = default_options();
  Limits& limits_ = options_.limits;
};

TEST_F(LimitsTest, BodySize) {
  limits_.max_body = 1000;
  start(options_);
  const auto body = [](std::size_t size) { return R"({"text":")" + std::string(size - 11, 'x') + "\"}"; };
  EXPECT_EQ(ask(post("/predict", body(1000))).status, 200);
  EXPECT_TRUE(is_problem(ask(post("/predict", body(1001))), 413, "body_too_large"));
  EXPECT_TRUE(is_problem(ask("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000000\r\n\r\n"), 413,
                         "body_too_large"));
  std::string chunked =
      "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 11; ++i) chunked += "64\r\n" + std::string(100, ' ') + "\r\n";
  EXPECT_TRUE(is_problem(ask(chunked), 413, "body_too_large"));
}

TEST_F(LimitsTest, RefusalsReachClientsThatAreStillSending) {
  limits_.max_body = 1000;
  start(options_);
  Client client(port());
  // More than the sockets' buffers hold: the server has to read on for the client to get to reading the answer.
  EXPECT_TRUE(client.send("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n"));
  EXPECT_TRUE(client.send(std::string(30'000'000, 'x')));
  EXPECT_TRUE(is_problem(client.receive().value_or(Answer()), 413, "body_too_large"));
}

TEST_F(LimitsTest, HeaderSize) {
  limits_.max_header = 1000;
  start(options_);
  EXPECT_TRUE(is_problem(ask(get("/info", "X: " + std::string(1000, 'y') + "\r\n")), 431, "header_too_large"));
  EXPECT_TRUE(is_problem(ask("GET /" + std::string(100'000, 'a')), 431, "header_too_large"));
  EXPECT_EQ(ask(get("/info", "X: " + std::string(900, 'y') + "\r\n")).status, 200);
}

TEST_F(LimitsTest, TextSize) {
  limits_.max_text = 1000;
  start(options_);
  const std::string fits(1000, 'x');
  EXPECT_EQ(ask(post("/predict", R"({"text":")" + fits + "\"}")).status, 200);
  EXPECT_TRUE(is_problem(ask(post("/predict", R"({"text":"y)" + fits + "\"}")), 413, "text_too_large"));
  const auto batch = ask(post("/predict_batch", R"({"texts":["y)" + fits + "\",\"good\"]}"));
  const auto body = nlohmann::json::parse(batch.body);
  EXPECT_EQ(body["results"][0]["error"]["type"], "text_too_large");
  EXPECT_EQ(body["results"][1]["label"], "positive");
}

TEST_F(LimitsTest, AnswerSize) {
  limits_.max_answer = 2000;
  start(options_);
  EXPECT_EQ(ask(post("/predict_batch", R"({"texts":["a","b"]})")).status, 200);
  EXPECT_TRUE(is_problem(ask(post("/predict_batch", R"({"texts":["a","a","a","a","a","a","a","a","a","a","a","a"]})")),
                         413, "answer_too_large"));
}

TEST_F(LimitsTest, Connections) {
  limits_.max_connections = 3;
  start(options_);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<Client>(port()));
    EXPECT_EQ(clients.back()->ask(get("/health/live"))->status, 200);
  }
  Client extra(port());
  const auto refused = extra.receive();
  ASSERT_TRUE(refused);
  EXPECT_TRUE(is_problem(*refused, 429, "too_busy"));
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  EXPECT_TRUE(extra.closed_by_server());
  clients.pop_back();
  EXPECT_TRUE(wait_until([&] {
    Client again(port());
    const auto answer = again.ask(get("/health/live"));
    return answer && answer->status == 200;
  }));
}

std::string large_request(const std::string& word) {
  return post("/predict_batch", R"({"texts":[")" + word + "\",\"" + std::string(20'000, 'x') + "\"]}");
}

TEST_F(LimitsTest, QueueOfLargeRequests) {
  options_.batching.workers = 1;
  limits_.max_queue = 2;
  start(options_);
  Client running(port());
  Client waiting(port());
  ASSERT_TRUE(running.send(large_request("!gate")));
  analyzer_.gate().wait_for_arrivals(1);
  ASSERT_TRUE(waiting.send(large_request("good")));
  ASSERT_TRUE(wait_until([&] { return metric("tenor_in_flight") == 2; }));
  Client third(port());
  const auto refused = third.ask(large_request("good"));
  ASSERT_TRUE(refused);
  EXPECT_TRUE(is_problem(*refused, 429, "too_busy"));
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  // Short texts are answered all the while, on the refused connection too.
  EXPECT_EQ(third.ask(post("/predict", R"({"text":"good"})"))->status, 200);
  analyzer_.gate().open();
  EXPECT_EQ(running.receive()->status, 200);
  EXPECT_EQ(waiting.receive()->status, 200);
  EXPECT_TRUE(wait_until([&] { return third.ask(large_request("good"))->status == 200; }));
}

TEST_F(LimitsTest, MemoryOfLargeBodies) {
  limits_.max_buffered = 1'000'000;
  start(options_);
  const std::string head =
      "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n";
  {
    Client greedy(port());
    ASSERT_TRUE(greedy.send(head + std::string(3'000'000, ' ')));
    EXPECT_TRUE(is_problem(greedy.receive().value_or(Answer()), 429, "too_busy"));
  }
  // What it held is given back.
  const auto fitting = R"({"text":")" + std::string(200'000, 'x') + "\"}";
  EXPECT_TRUE(wait_until([&] { return ask(post("/predict", fitting)).status == 200; }));
}

TEST_F(LimitsTest, SlowHeads) {
  limits_.header_timeout = milliseconds(300);
  start(options_);
  Client slow(port());
  ASSERT_TRUE(slow.send("GET / HTTP/1.1\r\nHost: a\r\n"));
  std::thread drip([&] {
    // A byte now and then does not prolong the time.
    for (int i = 0; i < 20 && slow.send("X"); ++i) std::this_thread::sleep_for(milliseconds(50));
  });
  EXPECT_TRUE(is_problem(slow.receive().value_or(Answer()), 408, "timeout"));
  drip.join();
}

TEST_F(LimitsTest, SlowBodies) {
  limits_.body_timeout = milliseconds(300);
  start(options_);
  Client slow(port());
  ASSERT_TRUE(slow.send("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"));
  const auto answer = slow.receive();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(is_problem(*answer, 408, "timeout"));
  EXPECT_EQ(answer->headers.at("connection"), "close");
  EXPECT_FALSE(slow.receive());
}

TEST_F(LimitsTest, SilentClientsAreClosedWithoutAnAnswer) {
  limits_.header_timeout = milliseconds(200);
  limits_.idle_timeout = milliseconds(200);
  start(options_);
  Client silent(port());
  EXPECT_TRUE(silent.closed_by_server());
  Client idle(port());
  EXPECT_EQ(idle.ask(get("/health/live"))->status, 200);
  EXPECT_TRUE(idle.closed_by_server());
}

TEST_F(LimitsTest, EachRequestHasItsOwnTime) {
  limits_.body_timeout = milliseconds(1500);
  start(options_);
  Client client(port());
  const std::string head =
      "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n";
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(head));
    std::this_thread::sleep_for(milliseconds(600));
    const auto answer = client.ask(R"({"text":"good"})");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
  }
}

TEST_F(LimitsTest, ClientsThatDoNotReadAreClosed) {
  limits_.write_timeout = milliseconds(300);
  start(options_);
  Client deaf(port());
  // Answers that fill every buffer on the way; the server then stops reading too.
  std::string wire;
  for (int i = 0; i < 2000; ++i) wire += get("/openapi.json");
  std::thread sender([&] {
    while (deaf.send(wire)) {
    }
  });
  EXPECT_TRUE(wait_until([&] { return metric("tenor_connections") == 0; }));
  sender.join();
}

}  // namespace
}  // namespace tenor::http
