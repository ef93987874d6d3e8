// Every hostile request against a real server. After each one, others are served as before; at the end the server has
// grown little and stops when asked to.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "cli/toy_bundle.h"
#include "http_case.h"
#include "test_name.h"

namespace tenor::hostile {

void PrintTo(const HttpCase& hostile, std::ostream* out) {
  *out << hostile.name;
}

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMegabyte = 1'000'000;
constexpr std::size_t kMostResident = 200 * kMegabyte;  // after all of it; a fresh server takes about 10

// One server for all cases of a suite, which differ by its flags.
class HostileHttp : public testing::TestWithParam<HttpCase> {
 protected:
  static void start(const std::vector<std::string>& flags) {
    models() = fs::temp_directory_path() / ("tenor-hostile-models-" + std::to_string(::getpid()));
    fs::create_directories(models());
    ASSERT_TRUE(test::write_toy_zh(models() / "zh"));
    ASSERT_TRUE(test::write_toy_en(models() / "en"));
    std::vector<std::string> arguments = {"--model", models() / "zh", "--model", models() / "en"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    server() = std::make_unique<TenorServer>(arguments);
    ASSERT_TRUE(server()->started());
  }

  static void TearDownTestSuite() {
    ASSERT_TRUE(server() && server()->alive()) << "the server is dead";
    const Memory memory = server()->memory();
    std::printf("hostile requests: the server holds %zu MB, at most %zu MB\n", memory.resident / kMegabyte,
                memory.highest / kMegabyte);
    if (memory_tells()) {
      EXPECT_LT(memory.resident, kMostResident);
    }
    EXPECT_EQ(server()->stop(), 0) << "SIGTERM stops it in order";
    server().reset();
    fs::remove_all(models());
  }

  static std::unique_ptr<TenorServer>& server() {
    static std::unique_ptr<TenorServer> shared;
    return shared;
  }
  static fs::path& models() {
    static fs::path folder;
    return folder;
  }

  static void run_case() {
    ASSERT_TRUE(server() && server()->alive()) << "an earlier case ended the server";
    GetParam().run(*server());
    EXPECT_TRUE(server()->alive()) << "the request ended the server";
    expect_good_service(server()->port());
  }
};

class HostileRequests : public HostileHttp {
 protected:
  static void SetUpTestSuite() {
    start({"--threads", "2", "--workers", "2", "--max-answer", "4MiB"});
    bystander() = std::make_unique<http::Client>(server()->port());
  }
  static void TearDownTestSuite() {
    bystander().reset();
    HostileHttp::TearDownTestSuite();
  }
  // A client with a connection of its own that does nothing wrong all the while.
  static std::unique_ptr<http::Client>& bystander() {
    static std::unique_ptr<http::Client> client;
    return client;
  }
};

TEST_P(HostileRequests, GetTheRightAnswerAndNothingElseSuffers) {
  run_case();
  expect_good_service(*bystander());
}

class SlowClients : public HostileHttp {
 protected:
  static void SetUpTestSuite() {
    start({"--threads", "2", "--workers", "2", "--header-timeout", "1", "--body-timeout", "1", "--idle-timeout", "1",
           "--write-timeout", "1", "--max-connections", "150"});
  }
};

TEST_P(SlowClients, AreNotWaitedForAndNothingElseSuffers) {
  run_case();
}

INSTANTIATE_TEST_SUITE_P(Json, HostileRequests, testing::ValuesIn(json_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Fields, HostileRequests, testing::ValuesIn(field_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Texts, HostileRequests, testing::ValuesIn(text_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Batches, HostileRequests, testing::ValuesIn(batch_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Heads, HostileRequests, testing::ValuesIn(head_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Targets, HostileRequests, testing::ValuesIn(target_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Framing, HostileRequests, testing::ValuesIn(framing_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Strangers, HostileRequests, testing::ValuesIn(stranger_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Connections, HostileRequests, testing::ValuesIn(connection_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Slow, SlowClients, testing::ValuesIn(slow_cases()), test_name);

}  // namespace
}  // namespace tenor::hostile
