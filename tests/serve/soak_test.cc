// Thousands of mixed requests to the real server with the models that are built in, a short form of bench/soak/run.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hostile/tenor_server.h"
#include "http/client.h"

namespace tenor::test {
namespace {

using hostile::TenorServer;

struct Asked {
  std::string path, body;
  int status = 200;
};

// One of each kind; no two texts are the same, so that the cache fills up and has to let go.
std::vector<Asked> mixed(std::size_t number) {
  const std::string zh = "\"第" + std::to_string(number) + "次来，味道很好，就是排队太久了。服务员态度差。\"";
  const std::string en = "\"Visit " + std::to_string(number) + ": the food was great, but nobody smiled.\"";
  return {
      {"/predict", R"({"text":)" + zh + "}"},
      {"/predict", R"({"budget":"fast","text":)" + en + "}"},
      {"/predict_batch", R"({"texts":[)" + zh + "," + en + ",\"\"]}"},
      {"/v1/analyze", R"({"aspects":true,"budget":"best","text":)" + zh + "}"},
      {"/v1/analyze", R"({"granularity":"sentence","budget":"fast","text":)" + zh + "}"},
      {"/v1/analyze", R"({"explain":true,"budget":"fast","text":)" + en + "}"},
      {"/v1/analyze", R"({"text":12})", 422},
      {"/v1/analyze", R"({"text":)", 400},
      {"/nowhere", "{}", 404},
  };
}

// Clients with a connection each; every tenth round they are new ones.
void ask_all(std::uint16_t port, std::size_t first, std::size_t rounds) {
  constexpr std::size_t kClients = 4;
  std::vector<std::thread> clients;
  for (std::size_t c = 0; c < kClients; ++c) {
    clients.emplace_back([=] {
      std::optional<http::Client> client;
      for (std::size_t round = c; round < rounds; round += kClients) {
        if (!client || round / kClients % 10 == 0) client.emplace(port);
        for (const Asked& asked : mixed(first + round)) {
          const auto answer = client->ask(http::post(asked.path, asked.body));
          ASSERT_TRUE(answer) << asked.path;
          ASSERT_EQ(answer->status, asked.status) << asked.path << ' ' << asked.body << '\n' << answer->body;
        }
        ASSERT_TRUE(client->ask(http::get("/metrics")));
      }
    });
  }
  for (auto& client : clients) client.join();
}

TEST(Soak, MixedRequestsNeitherFailNorTakeMemory) {
  TenorServer server({"--cache-mb", "1"});
  if (!server.started()) GTEST_SKIP() << "this build has no models inside";
  const std::size_t rounds = hostile::memory_tells() ? 400 : 8;
  std::array<std::size_t, 5> resident{};
  for (std::size_t i = 0; i < resident.size(); ++i) {
    ask_all(server.port(), i * rounds, rounds);
    resident[i] = server.memory().resident;
  }
  EXPECT_TRUE(server.alive());
  if (!hostile::memory_tells()) return;
  // The first rounds fill heaps and caches. A kilobyte that each request left behind would be 8 MB in the others.
  EXPECT_LT(resident[4], resident[2] + (std::size_t{3} << 20)) << resident[2] << " bytes, " << resident[4] << " later";
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace tenor::test
