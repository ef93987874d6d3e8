#include "ship/ship_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_system.h"
#include "bundle/test_support.h"

namespace tenor::ship {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ShipConfigTest : public ::testing::Test {
 protected:
  Result<ShipConfig> load(const std::string& yaml) const {
    const std::string path = (folder_ / "ship.yaml").string();
    EXPECT_TRUE(write_file_atomic(path, yaml));
    return load_ship_config(path);
  }
  std::string refusal(const std::string& yaml) const {
    const auto config = load(yaml);
    return config ? "" : config.error().message;
  }

  bundle::testing::TemporaryFolder folder_;
};

constexpr const char* kLeast = "runs: [runs/a]\ndev: [dev.jsonl]\n";

TEST_F(ShipConfigTest, AbsentThresholdsAreNotAskedFor) {
  const auto config = load(kLeast);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_FALSE(config->accept.max_ece || config->accept.max_bytes || config->accept.max_encoder_ms);
  EXPECT_TRUE(config->accept.min_dev.empty());
  EXPECT_TRUE(config->linear.empty());
  EXPECT_EQ(config->dev.seed, 42u);
}

TEST_F(ShipConfigTest, ReadsThresholds) {
  const auto config = load(std::string(kLeast) +
                           "accept:\n  max_ece: 0.03\n  max_bytes: 24000000\n  min_dev:\n    overall.macro_f1: 0.65\n"
                           "    encoder_2:aspects.strict: 0.1\n    overall.accuracy@waimai_10k: 0.9\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->accept.max_ece, 0.03);
  EXPECT_EQ(config->accept.max_bytes, 24e6);
  EXPECT_EQ(config->accept.min_dev.size(), 3u);
  EXPECT_EQ(config->accept.min_dev.at("encoder_2:aspects.strict"), 0.1);
}

TEST_F(ShipConfigTest, ReadsWhatGainsAreToldBy) {
  EXPECT_TRUE(load(kLeast)->gate_texts.paths.empty());
  EXPECT_EQ(load(kLeast)->gate_texts.count, 20'000u);
  const auto config = load(std::string(kLeast) + "gate_texts: [a.txt, b.txt.gz]\ngate_texts_count: 500\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_THAT(with_data_folder(*config, "/data").gate_texts.paths, ElementsAre("/data/a.txt", "/data/b.txt.gz"));
  EXPECT_EQ(config->gate_texts.count, 500u);
  EXPECT_THAT(refusal(std::string(kLeast) + "gate_texts_count: 0\n"), HasSubstr("gate_texts_count"));
}

TEST_F(ShipConfigTest, RefusesWhatMakesNoSense) {
  EXPECT_THAT(refusal(std::string(kLeast) + "acept: {}\n"),
              AllOf(HasSubstr("line 3"), HasSubstr("'acept' is unknown")));
  EXPECT_THAT(refusal(std::string(kLeast) + "accept: {max_flips: 1}\n"), HasSubstr("'max_flips' is unknown"));
  EXPECT_THAT(refusal(std::string(kLeast) + "accept: {max_ece: low}\n"), HasSubstr("expected a number, found 'low'"));
  EXPECT_THAT(refusal(std::string(kLeast) + "accept: {max_ece: -1}\n"), HasSubstr("0 or more"));
  EXPECT_THAT(refusal("dev: [dev.jsonl]\n"), HasSubstr("runs: expected at least one"));
  EXPECT_THAT(refusal("runs: [a]\n"), HasSubstr("dev: expected at least one"));
  EXPECT_THAT(refusal(std::string(kLeast) + "held_out_from: [train.jsonl]\n"), HasSubstr("held_out_share"));
  EXPECT_THAT(refusal(std::string(kLeast) + "held_out_from: [train.jsonl]\nheld_out_share: 0.1\n"),
              HasSubstr("two_class"));
  for (const char* measure : {"macro_f1", "overall.f1", "overall.macro_f1@", ":overall.macro_f1", "aspects.strict@a"}) {
    EXPECT_THAT(refusal(std::string(kLeast) + "accept: {min_dev: {\"" + measure + "\": 0.5}}\n"),
                HasSubstr("is no measure"))
        << measure;
  }
}

TEST_F(ShipConfigTest, RowsAreInTheDataFolderRunsAreNot) {
  const auto config = with_data_folder(
      load("runs: [runs/a]\nlinear: runs/l\ndev: [d.jsonl, /else/d.jsonl]\ntest: [t.jsonl]\ncalibrate: [c.jsonl]\n"
           "behaviour: [tests/cases.jsonl]\n")
          .value(),
      "/data");
  EXPECT_THAT(config.runs, ElementsAre("runs/a"));
  EXPECT_EQ(config.linear, "runs/l");
  EXPECT_THAT(config.behaviour, ElementsAre("tests/cases.jsonl"));
  EXPECT_THAT(config.dev.paths, ElementsAre("/data/d.jsonl", "/else/d.jsonl"));
  EXPECT_THAT(config.test, ElementsAre("/data/t.jsonl"));
  EXPECT_THAT(config.calibrate, ElementsAre("/data/c.jsonl"));
}

TEST_F(ShipConfigTest, TheConfigurationsOfTheRepositoryAreValid) {
  for (const char* name : {"ship-zh.yaml", "ship-en.yaml"}) {
    const auto config = load_ship_config(std::string(TENOR_SOURCE_DIR) + "/configs/" + name);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->accept.max_ece, 0.03);
    EXPECT_FALSE(config->test.empty());
    EXPECT_FALSE(config->data.empty() || config->recipe.empty() || config->limits.empty());
  }
  const auto teacher = load_ship_config(std::string(TENOR_SOURCE_DIR) + "/configs/ship-zh-teacher.yaml");
  EXPECT_TRUE(teacher) << teacher.error().message;
}

TEST_F(ShipConfigTest, EveryFieldIsExplained) {
  const std::string text = describe_ship_config();
  for (const char* field :
       {"runs", "linear", "held_out_share", "calibrate", "behaviour", "intended_use", "min_dev", "max_int8_loss"}) {
    EXPECT_THAT(text, HasSubstr(std::string("  ") + field + " "));
  }
}

}  // namespace
}  // namespace tenor::ship
