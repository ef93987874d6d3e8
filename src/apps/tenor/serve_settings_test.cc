#include "apps/tenor/serve_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tenor::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Settings = std::shared_ptr<const ServeSettings>;

constexpr const char* kModels = "models:\n  - {name: a}\n  - {name: b}\nrollout: {name: june, live: a, canary: b}\n";

class ServeSettingsTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  Result<Settings> load(const std::string& server, const Flags& given = {}) const {
    std::ofstream(path_) << kModels << server;
    return load_settings(path_, given);
  }
  Settings loaded(const std::string& server, const Flags& given = {}) const {
    auto settings = load(server, given);
    EXPECT_TRUE(settings) << settings.error().message;
    return settings ? *settings : std::make_shared<ServeSettings>();
  }
  std::string refusal(const std::string& server) const {
    const auto settings = load(server);
    return settings ? "accepted" : settings.error().message;
  }

  const std::string path_ =
      (std::filesystem::path(::testing::TempDir()) / ("settings." + std::to_string(::getpid()) + ".yaml")).string();
};

TEST_F(ServeSettingsTest, ReadsFlagsOfTheFile) {
  const auto settings = loaded(
      "server:\n  slow_ms: 5\n  port: 0\n  max_body: 1MiB\n  log_format: json\n  access_log: true\n"
      "  cors_origin: [https://a.example, https://b.example]\n");
  const ServeOptions& options = settings->options;
  EXPECT_EQ(options.slow_ms, 5);
  EXPECT_EQ(options.server.port, 0);
  EXPECT_EQ(options.server.limits.max_body, std::size_t{1} << 20);
  EXPECT_EQ(options.log_format, LogFormat::json);
  EXPECT_TRUE(options.access_log);
  EXPECT_THAT(options.security.cors_origins, ElementsAre("https://a.example", "https://b.example"));
  EXPECT_EQ(options.drain_seconds, 10);
  EXPECT_EQ(options.config, path_);
}

TEST_F(ServeSettingsTest, TheCommandLineWins) {
  const auto settings = loaded("server: {slow_ms: 5, drain_seconds: 3}\n", {{"slow_ms", {"7"}}, {"config", {"x"}}});
  EXPECT_EQ(settings->options.slow_ms, 7);
  EXPECT_EQ(settings->options.drain_seconds, 3);
}

TEST_F(ServeSettingsTest, SaysWhereAndWhat) {
  EXPECT_THAT(refusal("server:\n  slow_ms: -1\n"), HasSubstr("line 6: field 'slow_ms': "));
  EXPECT_THAT(refusal("server:\n  slow_ms: -1\n"), HasSubstr("found '-1'"));
  EXPECT_THAT(refusal("server:\n  slow_ms: soon\n"), HasSubstr("found 'soon'"));
  EXPECT_THAT(refusal("server:\n  slow_sm: 1\n"), HasSubstr("line 6: field 'slow_sm' is unknown; known are "));
  EXPECT_THAT(refusal("server:\n  repository: /x\n"), HasSubstr("'repository' belongs on the command line"));
  EXPECT_THAT(refusal("server:\n  port: [1, 2]\n"), HasSubstr("field 'port': "));
  EXPECT_THAT(refusal("server:\n  cors_origin: [nonsense]\n"), HasSubstr("expected an origin"));
  EXPECT_THAT(refusal("server:\n  tls_key: x\n"), HasSubstr("both or none"));
}

TEST_F(ServeSettingsTest, WhatChangedIsAppliedOrNeedsARestart) {
  const auto before = loaded("server: {port: 8080, slow_ms: 5}\n");
  const auto after = loaded("server: {port: 8081, slow_ms: 6, log_level: error, tls_certificate: c, tls_key: k}\n");
  const auto plan = plan_reload(*before, *after);
  EXPECT_THAT(plan.applied, UnorderedElementsAre("server.slow_ms", "server.log_level"));
  EXPECT_THAT(plan.needs_restart, UnorderedElementsAre("server.port", "server.tls_certificate", "server.tls_key"));
  EXPECT_FALSE(plan.rollout.rebuild);
}

TEST_F(ServeSettingsTest, TheSameFileChangesNothing) {
  const auto plan = plan_reload(*loaded("server: {slow_ms: 5}\n"), *loaded("server: {slow_ms: 5}\n"));
  EXPECT_THAT(plan.applied, IsEmpty());
  EXPECT_THAT(plan.needs_restart, IsEmpty());
}

TEST_F(ServeSettingsTest, WhatNeedsARestartIsSaidAgain) {
  const auto before = loaded("server: {port: 8080}\n");
  const auto after = loaded("server: {port: 8081, slow_ms: 6}\n");
  const auto now = settled(*before, *after);
  EXPECT_EQ(now.options.slow_ms, 6);
  EXPECT_EQ(now.options.server.port, 8080);
  const auto again = plan_reload(now, *after);
  EXPECT_THAT(again.applied, IsEmpty());
  EXPECT_THAT(again.needs_restart, ElementsAre("server.port"));
}

TEST_F(ServeSettingsTest, DescribesEveryFlagOfAFile) {
  const auto help = describe_flags();
  EXPECT_THAT(help, HasSubstr("slow_ms"));
  EXPECT_THAT(help, HasSubstr("takes effect on reload"));
  EXPECT_THAT(help, ::testing::Not(HasSubstr("\n  repository ")));
}

}  // namespace
}  // namespace tenor::cli
