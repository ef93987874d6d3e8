// Models that come and go while the server answers.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "server_fixture.h"
#include "serving/model_keeper.h"

namespace tenor::http {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Fake models under their folders' names; a file BAD in the folder keeps one from opening.
class ModelsTest : public ServerTest {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tenor-models-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    add("fake/1.0.0");
    start_with(true);
  }
  void TearDown() override {
    server_.reset();
    keeper_.reset();
    fs::remove_all(root_);
  }

  void start_with(bool admin) {
    server_.reset();
    serving::KeeperOptions options;
    options.root = root_;
    options.open = [](std::span<const fs::path> folders) -> Result<serving::ModelSlot::Held> {
      for (const auto& folder : folders) {
        if (fs::exists(folder / "BAD")) return fail(ErrorCode::corrupt, folder.string() + ": a wrong checksum");
      }
      return std::make_shared<FakeAnalyzer>(folders.front().filename().string());
    };
    auto keeper = serving::ModelKeeper::open(std::move(options));
    ASSERT_TRUE(keeper) << keeper.error().message;
    keeper_ = std::move(*keeper);
    auto server_options = default_options();
    server_options.models = keeper_.get();
    server_options.admin = admin;
    auto server = Server::start(server_options, keeper_->slot(), metrics_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  void add(const std::string& folder) {
    fs::create_directories(root_ / folder);
    std::ofstream(root_ / folder / "manifest.json") << "{}";
  }

  Answer post(const std::string& path, const std::string& body = "") {
    return ask("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  json listed() {
    const auto answer = ask("GET /v1/models HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(answer.status, 200);
    return json::parse(answer.body, nullptr, false);
  }
  std::string served_version() {
    const auto answer = post("/predict", R"({"text":"good"})");
    const auto body = json::parse(answer.body, nullptr, false);
    return body.is_object() ? body.value("model_version", answer.body) : answer.body;
  }

  fs::path root_;
  std::unique_ptr<serving::ModelKeeper> keeper_;
};

TEST_F(ModelsTest, ListsWhatThereIs) {
  add("fake/2.0.0");
  EXPECT_EQ(listed(), json::parse(R"({"models":[{"name":"fake","served":"1.0.0","pinned":false,
    "versions":["1.0.0","2.0.0"],"refused":null}],"draining":0,"changeable":true})"));
}

TEST_F(ModelsTest, LoadsVersionsByNameAndTheNewest) {
  add("fake/2.0.0");
  EXPECT_EQ(served_version(), "1.0.0");
  const auto loaded = post("/v1/models/fake/load");
  EXPECT_EQ(loaded.status, 200) << loaded.body;
  EXPECT_EQ(json::parse(loaded.body)["models"][0]["served"], "2.0.0");
  EXPECT_EQ(served_version(), "2.0.0");
  EXPECT_EQ(post("/v1/models/fake/load", R"({"version":"1.0.0"})").status, 200);
  EXPECT_EQ(served_version(), "1.0.0");
  add("fake/3.0.0");
  EXPECT_EQ(post("/v1/models/rescan").status, 200);  // pinned
  EXPECT_EQ(served_version(), "1.0.0");
}

TEST_F(ModelsTest, ABadModelIsRefusedAndTheOldOneStays) {
  add("fake/2.0.0");
  std::ofstream(root_ / "fake/2.0.0/BAD") << "bad";
  const auto refused = post("/v1/models/fake/load");
  EXPECT_TRUE(is_problem(refused, 422, "model_refused")) << refused.body;
  EXPECT_NE(refused.body.find("a wrong checksum"), std::string::npos);
  EXPECT_TRUE(is_problem(post("/v1/models/rescan"), 422, "model_refused"));
  EXPECT_EQ(served_version(), "1.0.0");
  EXPECT_TRUE(listed()["models"][0]["refused"].is_string());
}

TEST_F(ModelsTest, RefusesWhatMakesNoSense) {
  EXPECT_TRUE(is_problem(post("/v1/models/other/load"), 404, "not_found"));
  EXPECT_TRUE(is_problem(post("/v1/models/fake/load", R"({"version":"../../etc"})"), 404, "not_found"));
  EXPECT_TRUE(is_problem(post("/v1/models/../load"), 404, "not_found"));
  EXPECT_TRUE(is_problem(post("/v1/models/%2e%2e/load"), 404, "not_found"));
  EXPECT_TRUE(is_problem(post("/v1/models/fake/unload"), 409, "conflict"));  // the last one
  EXPECT_TRUE(is_problem(post("/v1/models/fake/load", "{"), 400, "broken_json"));
  EXPECT_TRUE(is_problem(post("/v1/models/fake/load", "[]"), 422, "wrong_type"));
  EXPECT_TRUE(is_problem(post("/v1/models/fake/load", R"({"version":2})"), 422, "wrong_type"));
  EXPECT_TRUE(is_problem(post("/v1/models/fake/load", R"({"versoin":"2"})"), 422, "out_of_range"));
  EXPECT_TRUE(is_problem(post("/v1/models/fake/unload", R"({"version":"1.0.0"})"), 422, "out_of_range"));
  EXPECT_TRUE(
      is_problem(ask("GET /v1/models/fake/load HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), 405, "method_not_allowed"));
  EXPECT_TRUE(is_problem(ask("POST /v1/models/fake/load HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
                             "Content-Length: 0\r\n\r\n"),
                         415, "unsupported_media_type"));  // pages of other sites may send no JSON unasked
  EXPECT_EQ(served_version(), "1.0.0");
}

TEST_F(ModelsTest, NothingIsChangedWithoutAdmin) {
  start_with(false);
  for (const char* path : {"/v1/models/fake/load", "/v1/models/fake/unload", "/v1/models/rescan"}) {
    EXPECT_TRUE(is_problem(post(path), 403, "forbidden")) << path;
  }
  EXPECT_EQ(listed()["changeable"], false);
}

TEST_F(ModelsTest, AServerOfFixedModelsListsThem) {
  auto options = default_options();
  options.admin = true;
  start(options);
  EXPECT_EQ(listed()["models"][0]["name"], "fake");
  EXPECT_EQ(listed()["changeable"], false);
  EXPECT_TRUE(is_problem(post("/v1/models/fake/load"), 409, "conflict"));
}

TEST_F(ModelsTest, AThousandSwapsUnderLoadFailNoRequest) {
  add("fake/2.0.0");
  std::atomic<bool> stop = false;
  std::atomic<int> failed = 0, answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back([&] {
      while (!stop) {
        ++answered;
        const auto version = served_version();
        if (version != "1.0.0" && version != "2.0.0") ++failed;
      }
    });
  }
  for (int swap = 0; swap < 1000; ++swap) {
    if (!keeper_->load("fake", swap % 2 == 0 ? "2.0.0" : "1.0.0")) ++failed;
  }
  stop = true;
  for (auto& client : clients) client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(answered, 20);
  EXPECT_EQ(keeper_->draining(), 0u);
}

}  // namespace
}  // namespace tenor::http
