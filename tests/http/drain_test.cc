// Starting, and stopping without leaving anybody without an answer.
#include <algorithm>

#include "server_fixture.h"

namespace tenor::http {
namespace {

std::string gated_request() {
  return post("/predict_batch", R"({"texts":["!gate","good)" + std::string(20'000, 'x') + "\"]}");
}

TEST_F(ServerTest, PortInUseIsAnErrorThatHelps) {
  auto options = default_options();
  options.port = port();
  const auto second = Server::start(options, analyzer_, metrics_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::io);
  EXPECT_THAT(second.error().message, testing::HasSubstr("--port"));
}

TEST_F(ServerTest, UnknownHostsAreErrors) {
  auto options = default_options();
  options.host = "no such host";
  const auto server = Server::start(options, analyzer_, metrics_);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::invalid_argument);
  options.host = "192.0.2.1";  // reserved for documentation: nobody's
  EXPECT_FALSE(Server::start(options, analyzer_, metrics_));
}

TEST_F(ServerTest, NamesAndUrls) {
  auto options = default_options();
  options.host = "localhost";
  start(options);
  EXPECT_THAT(server_->url(), testing::StartsWith("http://"));
  EXPECT_THAT(server_->url(), testing::EndsWith(":" + std::to_string(port())));
}

TEST_F(ServerTest, DrainClosesIdleClientsAtOnce) {
  Client used(port());
  EXPECT_EQ(used.ask(get("/health/live"))->status, 200);
  EXPECT_FALSE(server_->drained());
  server_->begin_drain();
  EXPECT_TRUE(used.closed_by_server());
  EXPECT_TRUE(wait_until([&] { return server_->drained(); }));
  Client late(port());
  EXPECT_FALSE(late.ask(get("/health/live")));
}

TEST_F(ServerTest, DrainAnswersWhatIsInFlightAndWhatWasPipelinedBehindIt) {
  Client client(port());
  ASSERT_TRUE(client.send(gated_request() + get("/health/ready") + get("/health/live")));
  analyzer_.gate().wait_for_arrivals(1);
  server_->begin_drain();
  server_->begin_drain();  // harmless
  analyzer_.gate().open();
  const auto large = client.receive();
  ASSERT_TRUE(large);
  EXPECT_EQ(large->status, 200);
  const auto ready = client.receive();
  ASSERT_TRUE(ready);
  EXPECT_TRUE(is_problem(*ready, 503, "stopping"));
  const auto last = client.receive();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->status, 200);
  EXPECT_EQ(last->headers.at("connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_TRUE(wait_until([&] { return server_->drained(); }));
}

TEST_F(ServerTest, DrainWaitsForRequestsThatAreComingIn) {
  Client client(port());
  const auto wire = post("/predict", R"({"text":"good"})");
  ASSERT_TRUE(client.send(wire.substr(0, wire.size() - 5)));
  // The server must have seen the beginning; a second connection on the same loop tells.
  Client other(port());
  Client third(port());
  EXPECT_EQ(other.ask(get("/health/live"))->status, 200);
  EXPECT_EQ(third.ask(get("/health/live"))->status, 200);
  server_->begin_drain();
  EXPECT_TRUE(other.closed_by_server());
  EXPECT_FALSE(server_->drained());
  const auto answer = client.ask(wire.substr(wire.size() - 5));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.at("connection"), "close");
  EXPECT_TRUE(wait_until([&] { return server_->drained(); }));
}

TEST_F(ServerTest, StoppingAtOnceIsSafeWithWorkInEveryState) {
  auto options = default_options();
  options.batching.batch.batch_tokens = 1;  // or both texts of `running` were one batch, and one arrival
  start(options);
  Client running(port());
  Client queued(port());
  Client partial(port());
  Client idle(port());
  ASSERT_TRUE(running.send(gated_request() + gated_request()));
  ASSERT_TRUE(queued.send(gated_request()));
  ASSERT_TRUE(partial.send("POST /predict HTTP/1.1\r\nHo"));
  analyzer_.gate().wait_for_arrivals(2);
  analyzer_.gate().open();
  server_.reset();
  EXPECT_TRUE(idle.closed_by_server());
  EXPECT_EQ(metric("tenor_connections"), 0);
}

}  // namespace
}  // namespace tenor::http
