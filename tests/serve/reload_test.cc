// The file of --config is read again while clients ask.
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "cli/toy_bundle.h"
#include "served_test.h"

namespace tenor::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class ReloadTest : public ServedTest {
 protected:
  void SetUp() override {
    ServedTest::SetUp();
    ASSERT_TRUE(write_toy_zh(root_ / "two", "2.0.0"));
    ASSERT_TRUE(write_toy_zh(root_ / "three", "3.0.0"));
    write("");
    begin();
  }

  void begin() { start({"--config", file(), "--admin", "--threads", "2"}); }
  std::string file() const { return (root_ / "serve.yaml").string(); }
  // The file, with more fields of its rollout and behind it.
  void write(const std::string& rollout, const std::string& server = "") const {
    const auto model = [this](const char* name, const char* folder) {
      return std::string("  - {name: ") + name + ", bundles: [" + (root_ / folder).string() + "]}\n";
    };
    std::ofstream(file()) << "models:\n"
                          << model("one", "zh") << model("two", "two") << model("three", "three")
                          << "rollout:\n  name: june\n  live: one\n  canary: two\n  stages: [0.5, 1]\n"
                          << "  audit: " << (root_ / "june.jsonl").string() << "\n"
                          << rollout << server;
  }

  json send(const std::string& path, const json& body) const {
    http::Client client(server_->port());
    const auto answer = client.ask(http::post(path, body.dump()));
    return answer ? json::parse(answer->body, nullptr, false) : json();
  }
  json reload() const { return send("/v1/reload", json::object()); }
  json rollout() const { return json::parse(fetch("/v1/rollout"), nullptr, false); }
  void pause() const { EXPECT_EQ(send("/v1/rollout", {{"action", "pause"}})["canary"]["phase"], "paused"); }
  void damage(const std::string& folder) const {
    for (const auto& entry : std::filesystem::directory_iterator(root_ / folder)) {
      if (entry.path().extension() != ".safetensors") continue;
      std::fstream(entry.path(), std::ios::in | std::ios::out | std::ios::binary).seekp(200).put('!');
    }
  }
  std::string version_of(const std::string& model) const {
    return send("/predict", {{"text", "好"}, {"model", model}}).value("model_version", "");
  }
};

TEST_F(ReloadTest, TakesWhatMayChangeAndNamesTheRest) {
  pause();
  write("", "server: {slow_ms: 7, workers: 3}\n");
  EXPECT_EQ(reload(), json::parse(R"({"applied":["server.slow_ms"],"needs_restart":["server.workers"]})"));
  EXPECT_EQ(json::parse(fetch("/debug/slow"))["threshold_ms"], 7);
  EXPECT_EQ(rollout()["canary"]["phase"], "paused");
  EXPECT_EQ(reload(), json::parse(R"({"applied":[],"needs_restart":["server.workers"]})"));
}

TEST_F(ReloadTest, ABadFileChangesNothing) {
  pause();
  const auto before = rollout();
  write("  arms: {three: 0.2}\n", "server:\n  slow_ms: soon\n");
  const auto flag = reload();
  EXPECT_EQ(flag["code"], "config_refused");
  EXPECT_THAT(flag["detail"].get<std::string>(), HasSubstr("line 13: field 'slow_ms': "));
  EXPECT_THAT(flag["detail"].get<std::string>(), HasSubstr("found 'soon'"));
  write("  shadow: [four]\n");
  EXPECT_THAT(reload()["detail"].get<std::string>(), HasSubstr("'four' is no name among models"));
  std::ofstream(file()) << "models: [";
  EXPECT_THAT(reload()["detail"].get<std::string>(), HasSubstr("not YAML"));
  write("  arms: {three: 0.2}\n");
  damage("three");
  EXPECT_THAT(reload()["detail"].get<std::string>(), HasSubstr("model 'three'"));
  server_->hang_up();
  expect_service();
  EXPECT_EQ(rollout()["arms"].size(), before["arms"].size());
  EXPECT_EQ(rollout()["decisions"], before["decisions"]);
}

TEST_F(ReloadTest, ArmsComeAndGoBesideACanary) {
  pause();
  EXPECT_EQ(version_of("three"), "");
  write("  arms: {three: 0.3}\n");
  server_->hang_up();
  ASSERT_TRUE(wait_until([&] { return rollout()["arms"].size() == 3; }));
  EXPECT_EQ(version_of("three"), "3.0.0");
  const auto told = rollout();
  EXPECT_EQ(told["canary"]["phase"], "paused");
  EXPECT_EQ(told["arms"][1]["weight"], 0.3);
  EXPECT_EQ(told["decisions"].back()["reason"], "reload of rollout.arms");
  EXPECT_THAT(fetch("/metrics"), HasSubstr("tenor_arm_duration_seconds_count{arm=\"three\"} "));
  // A restart goes on from what was written down.
  EXPECT_EQ(server_->stop(), 0);
  begin();
  EXPECT_EQ(rollout()["canary"]["phase"], "paused");
  EXPECT_EQ(rollout()["decisions"], told["decisions"]);
}

TEST_F(ReloadTest, AnotherCanaryBeginsAnew) {
  pause();
  write("  shadow: [three]\n  guard: {miss: 0.1}\n");
  EXPECT_EQ(reload()["applied"], json({"rollout.guard", "rollout.shadow"}));
  EXPECT_EQ(rollout()["canary"]["phase"], "running");
  EXPECT_EQ(rollout()["decisions"].back()["move"], "start");
}

TEST_F(ReloadTest, UnderLoadNoRequestFails) {
  std::atomic<bool> stop = false;
  std::atomic<int> failed = 0, answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back([&, i] {
      http::Client client(server_->port());
      for (int n = 0; !stop; ++n) {
        const json body = {{"texts", {"味道好", "差", "服务好"}}, {"rollout_key", std::to_string(n * 2 + i)}};
        const auto answer = client.ask(http::post("/v1/analyze", body.dump()));
        const bool good = answer && answer->status == 200 && answer->body.find("\"errors\":0") != std::string::npos;
        if (!good) ++failed;
        ++answered;
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    write(i % 2 == 0 ? "  arms: {three: 0.4}\n" : "  shadow: [three]\n");
    EXPECT_EQ(reload()["applied"].size(), i == 0 ? 1U : 2U);
  }
  stop = true;
  for (auto& client : clients) client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(answered, 20);
}

class StoredArmsTest : public ReloadTest {
 protected:
  void SetUp() override {
    ServedTest::SetUp();
    store("1.0.0");
    store("2.0.0");
    write("{name: june, live: zh@1.0.0, canary: zh, stages: [0.5, 1]}");
    begin();
  }
  void store(const std::string& version) const {
    std::filesystem::create_directories(root_ / "stored" / "zh");
    ASSERT_TRUE(write_toy_zh(root_ / "stored" / "zh" / version, version));
  }
  void write(const std::string& rollout) const {
    std::ofstream(file()) << "repository: " << (root_ / "stored").string() << "\nrollout: " << rollout << "\n";
  }
};

TEST_F(StoredArmsTest, AreNamedInTheFile) {
  EXPECT_EQ(version_of("zh@1.0.0"), "1.0.0");
  EXPECT_EQ(version_of("zh"), "2.0.0");
  pause();
  store("3.0.0");
  EXPECT_EQ(rollout()["canary"]["phase"], "paused");
  EXPECT_EQ(version_of("zh"), "2.0.0");  // until it is resolved again
  EXPECT_EQ(reload()["applied"], json({"models.zh"}));
  EXPECT_EQ(version_of("zh"), "3.0.0");
  EXPECT_EQ(rollout()["canary"]["phase"], "running");  // another canary
  write("{name: june, live: zh@1.0.0, canary: zh@9}");
  EXPECT_THAT(reload()["detail"].get<std::string>(),
              HasSubstr("arm 'zh@9': the model zh has no version \"9\"; it has 1.0.0, 2.0.0, 3.0.0"));
  write("{name: june, live: zh@1.0.0, canary: fr}");
  EXPECT_THAT(reload()["detail"].get<std::string>(), HasSubstr("it has zh"));
  EXPECT_EQ(version_of("zh"), "3.0.0");
}

TEST_F(StoredArmsTest, AreNamedInAnOrder) {
  const auto order = [this](const json& plan) { return send("/v1/rollout", {{"plan", plan}, {"reason", "july"}}); };
  pause();
  store("3.0.0");
  const auto told = order({{"shadow", {"zh@3.0.0"}}});
  EXPECT_EQ(told["arms"].size(), 3U);
  EXPECT_EQ(told["decisions"].back()["reason"], "july");
  EXPECT_EQ(told["canary"]["phase"], "paused");
  EXPECT_EQ(version_of("zh"), "2.0.0");  // was named before 3.0.0 came
  EXPECT_EQ(order({{"canary", "zh@9"}})["code"], "not_found");
  EXPECT_EQ(order({{"arms", {{"zh@2.0.0", 2}}}})["code"], "out_of_range");
  EXPECT_EQ(order({{"shadow", json::array()}, {"canary", "zh@3.0.0"}})["canary"]["phase"], "running");
  EXPECT_EQ(version_of("zh@3.0.0"), "3.0.0");
}

TEST_F(StoredArmsTest, AnOrderStaysUntilTheFileChanges) {
  write("{name: june, live: zh@1.0.0, canary: zh@2.0.0, stages: [0.5, 1]}");
  EXPECT_EQ(reload()["applied"], json({"rollout.canary"}));
  EXPECT_EQ(send("/v1/rollout", {{"plan", {{"canary", nullptr}, {"arms", {{"zh@2.0.0", 0.5}}}}}})["arms"].size(), 2U);
  EXPECT_EQ(reload()["applied"], json::array());
  EXPECT_FALSE(rollout().contains("canary"));
  write("{name: july, live: zh@2.0.0}");
  EXPECT_EQ(reload()["applied"], json({"rollout.name", "rollout.live", "rollout.stages", "rollout.arms"}));
  EXPECT_EQ(rollout()["name"], "july");
  EXPECT_EQ(version_of("zh@2.0.0"), "2.0.0");
}

}  // namespace
}  // namespace tenor::test
