// A few of the heaviest requests for the models built in, which know more words and aspects than the toys.
#include <gtest/gtest.h>

#include "http_case.h"

namespace tenor::hostile {
namespace {

// A megabyte; less where the program runs many times slower.
std::size_t many(std::size_t bytes_each) {
  return (memory_tells() ? 1'000'000 : 50'000) / bytes_each;
}

TEST(DefaultModels, BearTheHeaviestRequests) {
  TenorServer server({});
  if (!server.started()) GTEST_SKIP() << "this build has no models inside";
  const std::string review = "味道很好，服务也热情，就是价格有点贵，排队太久了。";
  const std::pair<std::string, std::string> requests[] = {
      {"/predict", "{\"text\":\"" + repeated(review, many(review.size())) + "\"}"},
      {"/predict", "{\"text\":\"" + repeated("not good ", many(9)) + "\"}"},
      {"/predict", "{\"text\":\"" + std::string(many(1), 'a') + "\"}"},
      {"/v1/analyze",
       R"({"aspects":true,"explain":true,"max_evidence":50,"text":")" + repeated(review, many(review.size())) + "\"}"},
      {"/v1/analyze", R"({"aspects":true,"explain":true,"max_evidence":50,"language":"en","text":")" +
                          repeated("The food was great but rude waiters. ", many(37)) + "\"}"},
      {"/predict_batch", "{\"texts\":[\"" + review + "\"" + repeated(",\"" + review + "\"", 999) + "]}"},
      {"/predict", "{\"text\":\"\xFF\\ud800\\u0000😀" + review + "\"}"},
  };
  for (const auto& [path, body] : requests) {
    http::Client client(server.port());
    ASSERT_TRUE(client.send(http::post(path, body)));
    http::Client other(server.port());
    const auto good = other.ask(http::post("/predict", R"({"text":"非常好吃，服务热情，强烈推荐"})"));
    ASSERT_TRUE(good);
    expect_members(*good, {{"label", "positive"}});
    const auto answer = client.receive();  // within ten seconds
    ASSERT_TRUE(answer) << path << " " << body.substr(0, 100);
    EXPECT_EQ(answer->status, 200) << answer->body.substr(0, 300);
    EXPECT_FALSE(json::parse(answer->body, nullptr, false).is_discarded());
  }
  if (memory_tells()) {
    EXPECT_LT(server.memory().highest, 400'000'000U);
  }
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace tenor::hostile
