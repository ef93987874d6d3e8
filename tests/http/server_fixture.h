// A running server with fake models.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "client.h"
#include "fake_analyzer.h"
#include "http/server.h"
#include "http/service.h"

namespace tenor::http {

class ServerTest : public testing::Test {
 protected:
  // Short enough for tests to wait for, where they wait for them at all.
  static ServerOptions default_options() {
    ServerOptions options;
    options.port = 0;
    options.threads = 2;
    options.batching.workers = 2;
    options.version = "test";
    return options;
  }

  void SetUp() override { start(default_options()); }
  void TearDown() override { analyzer_.gate().open(); }

  void start(const ServerOptions& options) {
    server_.reset();
    auto started = Server::start(options, analyzer_, metrics_);
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
  }

  std::uint16_t port() const { return server_->port(); }

  // One request on a connection of its own.
  Answer ask(std::string_view wire) {
    Client client(port());
    auto answer = client.ask(wire);
    EXPECT_TRUE(answer) << wire.substr(0, 200);
    return answer.value_or(Answer());
  }

  // The value of a series in /metrics; 0 where it is not there.
  double metric(const std::string& series) {
    const auto text = metrics_.exposition();
    const auto at = text.find("\n" + series + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + series.size() + 2));
  }

  static bool wait_until(const std::function<bool()>& condition);

  FakeAnalyzer analyzer_;
  metrics::ServerMetrics metrics_{metric_labels(analyzer_), "test"};
  std::unique_ptr<Server> server_;
};

// A fault's answer: status, media type, code and request id fit together.
testing::AssertionResult is_problem(const Answer& answer, int status, const std::string& code);

}  // namespace tenor::http
