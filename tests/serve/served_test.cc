#include "served_test.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "cli/toy_bundle.h"

namespace tenor::test {

namespace fs = std::filesystem;

void ServedTest::SetUp() {
  std::string pattern = (fs::temp_directory_path() / "tenor-serve-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  root_ = pattern;
  const auto status = write_toy_zh(root_ / "zh", "1.0.0");
  ASSERT_TRUE(status) << status.error().message;
}

void ServedTest::TearDown() {
  server_.reset();
  fs::remove_all(root_);
}

void ServedTest::start(std::vector<std::string> flags, std::uint16_t port) {
  if (std::find(flags.begin(), flags.end(), "--config") == flags.end()) {
    flags.insert(flags.begin(), {"--model", (root_ / "zh").string()});
  }
  server_.reset();
  server_ = std::make_unique<hostile::TenorServer>(flags, port);
  ASSERT_TRUE(server_->started());
}

std::string ServedTest::fetch(const std::string& path) const {
  http::Client client(server_->port());
  const auto answer = client.ask(http::get(path));
  return answer && answer->status == 200 ? answer->body : "";
}

double ServedTest::metric(const std::string& name) const {
  const std::string body = fetch("/metrics"), begin = "\n" + name + " ";
  const auto at = body.find(begin);
  return at == std::string::npos ? -1 : std::strtod(body.c_str() + at + begin.size(), nullptr);
}

void ServedTest::expect_service() const {
  http::Client client(server_->port());
  const auto answer = client.ask(http::post("/v1/analyze", R"({"texts":["味道好","差"],"deadline_ms":5000})"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200) << answer->body;
  EXPECT_THAT(answer->body, testing::HasSubstr("\"errors\":0"));
}

bool ServedTest::wait_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace tenor::test
