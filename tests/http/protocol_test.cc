// HTTP itself: connections, pipelines, pieces, and what is no HTTP.
#include <future>
#include <thread>
#include <vector>

#include "server_fixture.h"

namespace tenor::http {
namespace {

using nlohmann::json;

TEST_F(ServerTest, KeepsConnectionsAlive) {
  Client client(port());
  for (int i = 0; i < 100; ++i) {
    const auto answer = client.ask(post("/predict", i % 2 ? R"({"text":"good"})" : R"({"text":"bad"})"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(json::parse(answer->body)["label"], i % 2 ? "positive" : "negative");
  }
}

TEST_F(ServerTest, ClosesWhenAsked) {
  Client client(port());
  const auto answer = client.ask(get("/info", "Connection: close\r\n"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->headers.at("connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(ServerTest, SpeaksHttp10) {
  Client once(port());
  EXPECT_EQ(once.ask("GET /health/live HTTP/1.0\r\n\r\n")->status, 200);
  EXPECT_TRUE(once.closed_by_server());
  Client kept(port());
  const auto answer = kept.ask("GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(answer->headers.at("connection"), "keep-alive");
  EXPECT_EQ(kept.ask(get("/health/live"))->status, 200);
}

TEST_F(ServerTest, PipelinesAnswerInOrder) {
  // Quick ones, and large ones that go through the workers in between.
  const std::string large = R"({"texts":["good)" + std::string(20000, 'x') + "\"]}";
  std::string wire;
  for (int i = 0; i < 50; ++i) {
    const auto id = "X-Request-Id: " + std::to_string(i) + "\r\n";
    wire += i % 7 == 3 ? post("/predict_batch", large, id) : post("/predict", R"({"text":"bad"})", id);
  }
  Client client(port());
  std::thread sender([&] { EXPECT_TRUE(client.send(wire)); });
  for (int i = 0; i < 50; ++i) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->headers.at("x-request-id"), std::to_string(i));
    EXPECT_EQ(json::parse(answer->body).contains("results"), i % 7 == 3);
  }
  sender.join();
}

TEST_F(ServerTest, ThousandsOfPipelinedRequestsAreAllAnswered) {
  std::string wire;
  for (int i = 0; i < 5000; ++i) wire += get("/health/live");
  Client client(port());
  std::thread sender([&] { EXPECT_TRUE(client.send(wire)); });
  int answers = 0;
  while (answers < 5000 && client.receive()) ++answers;
  EXPECT_EQ(answers, 5000);
  sender.join();
}

TEST_F(ServerTest, RequestsMayComeByteByByte) {
  Client client(port());
  for (const char byte : post("/predict", R"({"text":"good"})")) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.receive()->status, 200);
}

TEST_F(ServerTest, ChunkedBodies) {
  Client client(port());
  const std::string head =
      "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto answer = client.ask(head + "8\r\n{\"text\":\r\n7;a=b\r\n\"good\"}\r\n0\r\nTrailer: x\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(client.ask(get("/health/live"))->status, 200);
}

TEST_F(ServerTest, ContinuesWhenAskedTo) {
  const std::string head =
      "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: "
      "15\r\n\r\n";
  Client client(port());
  EXPECT_EQ(client.ask(head)->status, 100);
  EXPECT_EQ(client.ask(R"({"text":"good"})")->status, 200);
  Client eager(port());
  EXPECT_EQ(eager.ask(head + R"({"text":"good"})")->status, 200);
}

TEST_F(ServerTest, ExpectationsOfHopelessRequestsAreRefused) {
  Client client(port());
  const auto answer = client.ask(
      "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: text/html\r\nExpect: 100-continue\r\nContent-Length: "
      "15\r\n\r\n");
  EXPECT_TRUE(is_problem(*answer, 415, "unsupported_media_type"));
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(ServerTest, HalfClosedClientsGetTheirAnswers) {
  Client client(port());
  const std::string large = R"({"texts":["good)" + std::string(20000, 'x') + "\"]}";
  ASSERT_TRUE(client.send(get("/health/live") + post("/predict_batch", large)));
  client.finish_sending();
  EXPECT_EQ(client.receive()->status, 200);
  EXPECT_EQ(client.receive()->status, 200);
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(ServerTest, CutOffRequestsAreBadRequests) {
  for (const std::string wire : {"GET / HT", "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{"}) {
    Client client(port());
    ASSERT_TRUE(client.send(wire));
    client.finish_sending();
    EXPECT_TRUE(is_problem(client.receive().value_or(Answer()), 400, "bad_request"));
    EXPECT_TRUE(client.closed_by_server());
  }
}

TEST_F(ServerTest, WhatIsNoHttpIsRefusedOnceAndClosed) {
  for (const std::string& wire :
       {std::string("\x16\x03\x01\x02\x01 tls\r\n\r\n"), std::string("\0\0\0\0\r\n\r\n", 8),
        std::string("GET / HTTP/1.1\r\nno colon\r\n\r\n"), std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n") + get("/info"),
        std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}) {
    Client client(port());
    EXPECT_TRUE(is_problem(client.ask(wire).value_or(Answer()), 400, "bad_request")) << wire;
    EXPECT_FALSE(client.receive()) << wire;
  }
  EXPECT_EQ(ask(get("/health/live")).status, 200);
}

TEST_F(ServerTest, AbsentClientsLeaveNothingBehind) {
  for (int i = 0; i < 50; ++i) {
    Client client(port());
    client.send(i % 2 ? post("/predict", R"({"text":"good"})") : "POST /predict HTTP/1.1\r\n");
  }
  // A worker may still hold the request of a client that has gone.
  EXPECT_TRUE(wait_until([&] { return metric("tenor_connections") == 0 && metric("tenor_in_flight") == 0; }));
}

TEST_F(ServerTest, ManyClientsAtOnceGetTheirOwnAnswers) {
  std::vector<std::future<int>> clients;
  for (int c = 0; c < 64; ++c) {
    clients.push_back(std::async(std::launch::async, [this, c] {
      Client client(port());
      int right = 0;
      for (int i = 0; i < 20; ++i) {
        const auto id = std::to_string(c) + "-" + std::to_string(i);
        const bool large = i % 5 == 0;
        const auto padding = large ? std::string(10000, 'x') : std::string();
        const auto answer =
            client.ask(post("/predict", R"({"text":")" + std::string(c % 2 ? "good" : "bad") + padding + "\"}",
                            "X-Request-Id: " + id + "\r\n"));
        if (!answer || answer->status != 200 || answer->headers.at("x-request-id") != id) continue;
        right += json::parse(answer->body)["label"] == (c % 2 ? "positive" : "negative");
      }
      return right;
    }));
  }
  for (auto& client : clients) EXPECT_EQ(client.get(), 20);
  EXPECT_EQ(metric("tenor_requests_total{route=\"predict\",status=\"200\"}"), 64 * 20);
}

}  // namespace
}  // namespace tenor::http
