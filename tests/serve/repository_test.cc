// New versions of models arrive while clients ask.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
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
using nlohmann::json;

class RepositoryTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tenor-served-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    publish("1.0.0");
    server_ = std::make_unique<hostile::TenorServer>(
        std::vector<std::string>{"--repository", root_.string(), "--admin", "--threads", "2", "--workers", "2"});
    ASSERT_TRUE(server_->started());
  }
  void TearDown() override {
    server_.reset();
    fs::remove_all(root_);
  }

  // Written aside and renamed, as a careful person does.
  void publish(const std::string& version) {
    const auto draft = root_ / ".draft";
    const auto status = write_toy_zh(draft, version);
    ASSERT_TRUE(status) << status.error().message;
    fs::create_directories(root_ / "zh");
    fs::rename(draft, root_ / "zh" / version);
  }

  json send(const std::string& wire) const {
    http::Client client(server_->port());
    const auto answer = client.ask(wire);
    return answer ? json::parse(answer->body, nullptr, false) : json();
  }
  std::string served_version() const {
    const auto body = send(http::post("/predict", R"({"text":"好"})"));
    return body.is_object() ? body.value("model_version", body.dump()) : "no answer";
  }
  static bool wait_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }
  std::string reason() const {
    const auto listed = send(http::get("/v1/models"));
    return listed["models"][0]["refused"].is_string() ? listed["models"][0]["refused"].get<std::string>() : "";
  }

  fs::path root_;
  std::unique_ptr<hostile::TenorServer> server_;
};

TEST_F(RepositoryTest, ANewVersionIsTakenAsItArrives) {
  EXPECT_EQ(served_version(), "1.0.0");
  publish("2.0.0");
  EXPECT_TRUE(wait_until([&] { return served_version() == "2.0.0"; }));
  EXPECT_EQ(send(http::post("/v1/models/zh/load", R"({"version":"1.0.0"})"))["models"][0]["served"], "1.0.0");
  EXPECT_EQ(served_version(), "1.0.0");
}

TEST_F(RepositoryTest, ACorruptVersionIsRefusedUntilItIsMended) {
  ASSERT_TRUE(write_toy_zh(root_ / ".draft", "2.0.0"));
  fs::path damaged;
  for (const auto& entry : fs::directory_iterator(root_ / ".draft")) {
    if (entry.path().extension() == ".safetensors") damaged = entry.path().filename();
  }
  fs::copy_file(root_ / ".draft" / damaged, root_ / ".whole");
  std::fstream(root_ / ".draft" / damaged, std::ios::in | std::ios::out | std::ios::binary).seekp(200).put('!');
  fs::rename(root_ / ".draft", root_ / "zh" / "2.0.0");
  ASSERT_TRUE(wait_until([&] { return !reason().empty(); }));
  EXPECT_NE(reason().find("zh 2.0.0 is refused"), std::string::npos) << reason();
  EXPECT_EQ(served_version(), "1.0.0");
  fs::rename(root_ / ".whole", root_ / "zh" / "2.0.0" / damaged);
  server_->hang_up();
  EXPECT_TRUE(wait_until([&] { return served_version() == "2.0.0"; }));
  EXPECT_EQ(reason(), "");
}

// The real engine, cache and drift watch are opened and destroyed again and again.
TEST_F(RepositoryTest, SwapsUnderLoadFailNoRequestAndLeakNothing) {
  publish("2.0.0");
  std::atomic<bool> stop = false;
  std::atomic<int> failed = 0, answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back([&] {
      http::Client client(server_->port());
      while (!stop) {
        const auto answer = client.ask(http::post("/v1/analyze", R"({"texts":["味道好","差","服务好"]})"));
        if (!answer || answer->status != 200 || answer->body.find("\"errors\":0") == std::string::npos) ++failed;
        ++answered;
      }
    });
  }
  const auto swap = [&](int times) {
    http::Client admin(server_->port());
    for (int i = 0; i < times; ++i) {
      const std::string order = std::string(R"({"version":")") + (i % 2 == 0 ? "2" : "1") + R"(.0.0"})";
      const auto answer = admin.ask(http::post("/v1/models/zh/load", order));
      if (!answer || answer->status != 200) ++failed;
    }
  };
  swap(50);
  const auto before = server_->memory().resident;
  swap(200);
  const auto after = server_->memory().resident;
  stop = true;
  for (auto& client : clients) client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(answered, 100);
  std::printf("250 swaps, %d requests, %zu KB before and %zu KB after the last 200\n", answered.load(), before >> 10,
              after >> 10);
  if (hostile::memory_tells()) {
    EXPECT_LT(after, before + (std::size_t{8} << 20));
  }
}

}  // namespace
}  // namespace tenor::test
