// What happens to machines, networks and clients, to a real server: nothing is lost and no answer is wrong.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "cli/toy_bundle.h"
#include "hostile/tenor_server.h"
#include "http/client.h"

namespace tenor::test {
namespace {

namespace fs = std::filesystem;
using hostile::TenorServer;

constexpr const char* kGood = R"({"text":"味道好"})";

class FaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tenor-faults-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    ASSERT_TRUE(write_toy_zh(root_ / "zh"));
  }
  void TearDown() override {
    server_.reset();
    fs::remove_all(root_);
  }

  void serve(const std::vector<std::string>& more, std::uint16_t port = 0) {
    std::vector<std::string> arguments{"--threads", "2", "--workers", "2"};
    if (std::find(more.begin(), more.end(), "--config") == more.end()) {
      arguments.insert(arguments.end(), {"--model", (root_ / "zh").string()});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<TenorServer>(arguments, port);
  }

  // Whether a new client gets the right answer.
  static bool answers_well(std::uint16_t port) {
    http::Client client(port);
    const auto answer = client.ask(http::post("/predict", kGood));
    return answer && answer->status == 200 && answer->body.starts_with(R"({"label":"positive")");
  }
  static double metric(std::uint16_t port, const std::string& series) {
    http::Client client(port);
    const auto answer = client.ask(http::get("/metrics"));
    if (!answer) return -1;
    const auto at = answer->body.find("\n" + series + " ");
    return at == std::string::npos ? 0 : std::stod(answer->body.substr(at + series.size() + 2));
  }
  static bool wait_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }
  // The most connections that this process may open, up to `wanted`.
  static std::size_t connections(std::size_t wanted) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return std::min<std::size_t>(wanted, limit.rlim_cur > 400 ? limit.rlim_cur - 300 : 100);
  }

  fs::path root_;
  std::unique_ptr<TenorServer> server_;
};

TEST_F(FaultsTest, TenThousandHalfOpenConnectionsKeepNobodyElseOut) {
  const auto count = connections(10'000);
  serve({"--max-connections", std::to_string(count + 50), "--header-timeout", "20"});
  ASSERT_TRUE(server_->started());
  const auto before = server_->memory().resident;
  std::vector<std::unique_ptr<http::Client>> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<http::Client>(server_->port()));
    ASSERT_TRUE(clients.back()->send("POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-")) << i;
    if (i % 1000 == 0) {
      EXPECT_TRUE(answers_well(server_->port())) << i;
    }
  }
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(answers_well(server_->port()));
  EXPECT_GE(metric(server_->port(), "tenor_connections"), static_cast<double>(count));
  const auto grown = server_->memory().resident - before;
  std::printf("%zu half-open connections: %zu KB more\n", count, grown >> 10);
  if (hostile::memory_tells()) {
    EXPECT_LT(grown, count * 16384);
  }
  clients.clear();
  EXPECT_TRUE(wait_until([&] { return metric(server_->port(), "tenor_connections") <= 1; }));
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(FaultsTest, ReadersThatDoNotReadAreCutOffAndHoldUpNobody) {
  serve({"--write-timeout", "1", "--idle-timeout", "2", "--max-buffered", "64MiB"});
  ASSERT_TRUE(server_->started());
  std::string many = R"({"aspects":true,"explain":true,"texts":["味道好")";
  for (int i = 0; i < 999; ++i) many += R"(,"味道好，服务差，味道好，服务差，味道好，服务差")";
  const auto request = http::post("/v1/analyze", many + "]}");
  std::vector<std::unique_ptr<http::Client>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<http::Client>(server_->port()));
    clients.back()->send(request);
    EXPECT_TRUE(answers_well(server_->port())) << i;
  }
  // An answer larger than what the kernel takes is given up after the timeout, and a second more for each 100 kB; one
  // that fits leaves an idle connection behind.
  EXPECT_TRUE(wait_until([&] { return metric(server_->port(), "tenor_connections") <= 1; }));
  EXPECT_TRUE(answers_well(server_->port()));
  EXPECT_EQ(server_->stop(), 0);
}

TEST_F(FaultsTest, SigtermUnderLoadLosesNothingThatWasSent) {
  serve({});
  ASSERT_TRUE(server_->started());
  const auto port = server_->port();
  std::atomic<int> lost = 0, answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] {
      for (;;) {
        http::Client client(port);
        if (!client.send(http::post("/predict", kGood, "Connection: close\r\n"))) return;  // it listens no more
        const auto answer = client.receive();
        if (answer) {
          answer->status == 200 ? ++answered : ++lost;
        } else if (http::Client(port).send(http::post("/predict", kGood))) {
          ++lost;  // the server is there, and did not answer
        }          // else: the kernel let the client in after the last accept, which is as if it had come too late
      }
    });
  }
  ASSERT_TRUE(wait_until([&] { return answered > 300; }));
  server_->terminate();
  for (auto& client : clients) client.join();
  EXPECT_EQ(lost, 0) << "of " << answered + lost;
  EXPECT_EQ(server_->wait(), 0);
}

TEST_F(FaultsTest, AKilledServerComesBackAndNoAnswerIsWrong) {
  serve({});
  ASSERT_TRUE(server_->started());
  const auto port = server_->port();
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0, answered = 0, given_up = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&, good = i % 2 == 0] {
      const auto request = http::post("/predict", good ? kGood : R"({"text":"味道差"})");
      const std::string expected = good ? R"({"label":"positive")" : R"({"label":"negative")";
      while (!done) {
        // As a careful client does: the same request again, until there is an answer.
        std::optional<http::Answer> answer;
        for (int attempt = 0; attempt < 500 && !answer; ++attempt) {
          http::Client client(port);
          answer = client.ask(request);
          if (!answer) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        if (!answer) ++given_up;
        if (answer && (answer->status != 200 || !answer->body.starts_with(expected))) ++wrong;
        ++answered;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    const int so_far = answered;
    EXPECT_TRUE(wait_until([&] { return answered > so_far + 100; }));
    server_->kill();
    serve({}, port);
    EXPECT_TRUE(server_->started());
  }
  done = true;
  for (auto& client : clients) client.join();
  EXPECT_EQ(wrong, 0) << "of " << answered;
  EXPECT_EQ(given_up, 0);
}

TEST_F(FaultsTest, AFullDiskStopsTheAuditLogAndNotTheService) {
  const auto log = root_ / "audit.jsonl";
  std::ofstream(root_ / "serve.yaml") << "models:\n  - {name: old, bundles: [" << (root_ / "zh").string()
                                      << "]}\n  - {name: new, bundles: [" << (root_ / "zh").string()
                                      << "]}\nrollout:\n  name: june\n  live: old\n  arms: {new: 0.5}\n  audit: "
                                      << log.string() << "\n";
  serve({"--config", (root_ / "serve.yaml").string(), "--admin"});
  ASSERT_TRUE(server_->started());
  const auto steer = [&](const std::string& weight) {
    http::Client client(server_->port());
    const auto answer = client.ask(http::post("/v1/rollout", R"({"weights":{"new":)" + weight + "}}"));
    return answer ? answer->status : 0;
  };
  ASSERT_EQ(steer("0.25"), 200);
  ASSERT_TRUE(server_->limit_files(fs::file_size(log)));
  const auto full = fs::file_size(log);
  EXPECT_EQ(steer("0.75"), 200);
  EXPECT_TRUE(answers_well(server_->port()));
  EXPECT_EQ(fs::file_size(log), full);
  EXPECT_GE(metric(server_->port(), "tenor_rollout_log_failures_total"), 1);
  // With room again, what could not be written is.
  ASSERT_TRUE(server_->limit_files(std::size_t{1} << 30));
  EXPECT_EQ(steer("0.5"), 200);
  std::ifstream in(log);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(all.find("0.75"), std::string::npos) << all;
  EXPECT_EQ(server_->stop(), 0);
}

// libfaketime changes the calendar's clock of the server alone.
TEST_F(FaultsTest, AJumpingClockChangesDatesAndNothingElse) {
  fs::path library;
  for (const auto* candidate : {"/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
                                "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"}) {
    if (fs::exists(candidate)) library = candidate;
  }
  if (library.empty()) GTEST_SKIP() << "Debian's package faketime is not installed";
  if (!hostile::memory_tells()) GTEST_SKIP() << "sanitizers want to be loaded first";
  const auto offset = (root_ / "offset").string();
  const auto jump = [&](const char* by) { std::ofstream(offset) << by << "\n"; };
  jump("+0");
  ::setenv("LD_PRELOAD", library.c_str(), 1);
  ::setenv("FAKETIME_TIMESTAMP_FILE", offset.c_str(), 1);
  ::setenv("FAKETIME_NO_CACHE", "1", 1);
  ::setenv("DONT_FAKE_MONOTONIC", "1", 1);
  serve({"--idle-timeout", "20"});
  for (const char* name : {"LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE", "DONT_FAKE_MONOTONIC"}) {
    ::unsetenv(name);
  }
  ASSERT_TRUE(server_->started());
  http::Client kept(server_->port());
  const auto ask = [&] { return kept.ask(http::post("/predict", R"({"text":"味道好","deadline_ms":2000})")); };
  const auto first = ask();
  ASSERT_TRUE(first);
  std::string date = first->headers.at("date");
  for (const char* by : {"+3d", "-400d", "+4000d", "+0"}) {
    jump(by);
    std::this_thread::sleep_for(std::chrono::milliseconds(700));  // the date is refreshed a few times a second
    const auto answer = ask();
    ASSERT_TRUE(answer) << by;
    EXPECT_EQ(answer->status, 200) << by << answer->body;
    EXPECT_NE(answer->headers.at("date").substr(0, 16), date.substr(0, 16)) << by;
    date = answer->headers.at("date");
    EXPECT_TRUE(answers_well(server_->port())) << by;
  }
  EXPECT_EQ(metric(server_->port(), "tenor_errors_total{reason=\"timeout\"}"), 0);
  EXPECT_EQ(server_->stop(), 0);
}

}  // namespace
}  // namespace tenor::test
