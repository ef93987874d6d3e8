#include "rollout/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tenor::rollout {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<ConfigFile> loaded(const std::string& yaml) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("config." + std::to_string(::getpid()) + ".yaml");
  std::ofstream(path) << yaml;
  auto file = load_config_file(path.string());
  std::filesystem::remove(path);
  return file;
}

std::string refusal(const std::string& yaml) {
  const auto file = loaded(yaml);
  return file ? "accepted" : file.error().message;
}

constexpr const char* kModels = "models:\n  - {name: a, bundles: [x]}\n  - {name: b}\n  - {name: c}\n";

TEST(ConfigFileTest, ReadsModelsAndARollout) {
  const auto file = loaded(std::string(kModels) + R"(rollout:
  name: june
  canary: b
  stages: [0.1, 0.5]
  guard:
    miss: 0.1
    latency_effect: 1.5
    feedback: required
  arms: {c: 0.25}
  audit: /var/lib/tenor/rollout.jsonl
)");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->models.size(), 3U);
  EXPECT_THAT(file->models[0].bundles, ElementsAre("x"));
  ASSERT_TRUE(file->rollout);
  const Plan& plan = file->rollout->plan;
  EXPECT_EQ(plan.live, "a");
  EXPECT_EQ(plan.canary, "b");
  EXPECT_THAT(plan.stages.stages, ElementsAre(0.1, 0.5));
  EXPECT_EQ(plan.stages.guard.miss, 0.1);
  EXPECT_EQ(plan.stages.guard.error_effect, 0.01);
  EXPECT_EQ(plan.stages.guard.feedback, Feedback::required);
  ASSERT_EQ(plan.arms.size(), 1U);
  EXPECT_EQ(plan.arms[0].weight, 0.25);
  EXPECT_EQ(file->rollout->audit, "/var/lib/tenor/rollout.jsonl");
}

TEST(ConfigFileTest, NeedsNoRollout) {
  const auto file = loaded(kModels);
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->rollout);
}

TEST(ConfigFileTest, ArmsMayBeInARepository) {
  const auto file = loaded("repository: /r\nrollout: {name: june, live: zh, canary: zh@2.0.0+b, arms: {en@1: 0.1}}\n");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->repository, "/r");
  ASSERT_EQ(file->models.size(), 3U);
  EXPECT_EQ(file->models[0].name, "zh");
  EXPECT_EQ(file->models[2].name, "zh@2.0.0+b");
  for (const auto& model : file->models) EXPECT_TRUE(model.stored);
  const auto mixed = loaded(std::string(kModels) + "repository: /r\nrollout: {name: june, canary: zh@2}\n");
  ASSERT_TRUE(mixed);
  EXPECT_EQ(mixed->rollout->plan.live, "a");
  ASSERT_EQ(mixed->models.size(), 4U);
  EXPECT_FALSE(mixed->models[0].stored);
  EXPECT_TRUE(mixed->models[3].stored);
  EXPECT_THAT(refusal("repository: /r\nrollout: {name: june, canary: zh}\n"),
              HasSubstr("expected the name of a model"));
  EXPECT_THAT(refusal("repository: /r\nrollout: {name: june, live: ../zh}\n"), HasSubstr("NAME@VERSION"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {name: june, canary: zh@2}\n"), HasSubstr("no repository"));
  EXPECT_THAT(refusal("repository: /r\n"), HasSubstr("at least one model"));
}

TEST(ConfigFileTest, SaysWhereAndWhat) {
  EXPECT_THAT(refusal("models:\n  - name: a\n    bundle: x\n"), HasSubstr("line 3: field 'bundle' is unknown"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout:\n  nmae: x\n"), HasSubstr("line 6: field 'nmae' is unknown"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout:\n  name: x\n  guard:\n    miss: often\n"),
              HasSubstr("line 8: field 'miss': expected a number, found 'often'"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {name: x, canary: d}\n"),
              HasSubstr("line 5: field 'rollout': 'd' is no name among models; there are a, b, c"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {name: x, canary: a}\n"), HasSubstr("twice"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {canary: b}\n"), HasSubstr("name: expected a name"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {name: x, canary: b, stages: [0.5, 0.1]}\n"),
              HasSubstr("stages: expected shares"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {name: x, canary: b, guard: {feedback: maybe}}\n"),
              HasSubstr("found 'maybe', expected auto"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {name: x, arms: {b: 0.9, c: 0.9}}\n"),
              HasSubstr("at most 1 together"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {name: x, arms: {b: .1, b: .2}}\n"), HasSubstr("twice"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {name: x, arms: [b]}\n"),
              HasSubstr("expected a mapping of names"));
  EXPECT_THAT(refusal(std::string(kModels) + "rollout: {name: 'x\r\ny'}\n"), HasSubstr("expected a name of 1 to 64"));
  EXPECT_THAT(refusal("models: [a]\n"), HasSubstr("expected a mapping"));
  EXPECT_THAT(refusal("models: a\n"), HasSubstr("expected a list of mappings"));
  EXPECT_THAT(refusal("models: [{name: a}, {name: a}]\n"), HasSubstr("'a' is there twice"));
  EXPECT_THAT(refusal("models: [{bundles: [x]}]\n"), HasSubstr("expected a name for every model"));
  EXPECT_THAT(refusal("models: []\n"), HasSubstr("at least one"));
  EXPECT_THAT(refusal(""), HasSubstr("expected a mapping"));
  EXPECT_THAT(refusal("models: [\n"), HasSubstr("not YAML"));
}

TEST(ConfigFileTest, KeepsFlagsAsTheyStand) {
  const auto file = loaded(std::string(kModels) + "server:\n  slow_ms: 5\n  cors_origin: [https://a, 'https://b']\n");
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->flags.size(), 2U);
  EXPECT_EQ(file->flags[0].name, "slow_ms");
  EXPECT_THAT(file->flags[0].values, ElementsAre("5"));
  EXPECT_EQ(file->flags[1].line, 7);
  EXPECT_THAT(file->flags[1].values, ElementsAre("https://a", "https://b"));
  EXPECT_THAT(refusal(std::string(kModels) + "server: [port]\n"), HasSubstr("expected a mapping of flags"));
  EXPECT_THAT(refusal(std::string(kModels) + "server:\n  port: {}\n"),
              HasSubstr("line 6: field 'port': expected a value or a list of values, found a mapping"));
  EXPECT_THAT(refusal(std::string(kModels) + "server:\n  port: 1\n  port: 2\n"), HasSubstr("is there twice"));
}

TEST(ConfigFileTest, DescribesEveryField) {
  const std::string help = describe_config_file();
  for (const char* name : {"models", "bundles", "rollout", "canary", "stages", "false_alarm", "feedback", "audit"}) {
    EXPECT_THAT(help, HasSubstr(name));
  }
}

}  // namespace
}  // namespace tenor::rollout
