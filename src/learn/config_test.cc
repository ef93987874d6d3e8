#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file_system.h"
#include "bundle/test_support.h"
#include "kernels/isa.h"
#include "learn/distill_run.h"
#include "learn/finetune_run.h"
#include "learn/pretrain_run.h"

namespace tenor::learn {
namespace {

using bundle::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kFinetuning = R"(name: toy
body: runs/body
languages: [zh]
spaces:
  - name: overall
    train: [train.jsonl]
    two_class_sources: [waimai_10k]
    repeat: 2
dropout: 0.2
training:
  learning_rate: 2e-4
  threads: 1
)";

template <class Load>
std::string refusal(Load load, const std::string& yaml) {
  TemporaryFolder folder;
  const std::string path = (folder / "run.yaml").string();
  EXPECT_TRUE(write_file_atomic(path, yaml));
  const auto config = load(path);
  EXPECT_FALSE(config) << yaml;
  return config ? "" : config.error().message;
}

TEST(FinetuneConfig, ReadsItsFields) {
  TemporaryFolder folder;
  const std::string path = (folder / "run.yaml").string();
  ASSERT_TRUE(write_file_atomic(path, kFinetuning));
  const auto config = load_finetune_config(path);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->name, "toy");
  ASSERT_EQ(config->spaces.size(), 1u);
  EXPECT_EQ(config->spaces[0].repeat, 2u);
  EXPECT_EQ(config->spaces[0].rows.two_class_sources, std::vector<std::string>{"waimai_10k"});
  EXPECT_DOUBLE_EQ(config->objective.dropout, 0.2);
  EXPECT_DOUBLE_EQ(config->training.loop.schedule.peak, 2e-4);
}

TEST(FinetuneConfig, RefusesUnknownFieldsWithTheirLine) {
  const std::string text = kFinetuning;
  EXPECT_THAT(refusal(load_finetune_config, text + "droput: 0.2\n"), AllOf(HasSubstr("droput"), HasSubstr("13")));
  EXPECT_THAT(refusal(load_finetune_config, text + "  learning_rat: 1\n"),
              AllOf(HasSubstr("learning_rat"), HasSubstr("13")));
}

TEST(FinetuneConfig, RefusesWhatMakesNoSense) {
  const std::string text = kFinetuning;
  EXPECT_THAT(refusal(load_finetune_config, text + "soft_weight: 0.5\n"), HasSubstr("teachers"));
  EXPECT_THAT(refusal(load_finetune_config, text + "temperature: 0\n"), HasSubstr("temperature"));
  EXPECT_THAT(refusal(load_finetune_config, text + "  precision: f8\n"), HasSubstr("expected auto, bf16, fp16 or f32"));
  EXPECT_THAT(refusal(load_finetune_config, text + "  patience: 3\n"), HasSubstr("stop_metric"));
  EXPECT_THAT(refusal(load_finetune_config, text + "  micro_batches: 0\n"), HasSubstr("at least 1"));
  EXPECT_THAT(refusal(load_finetune_config, text + "  decay: slowly\n"), HasSubstr("constant, linear or cosine"));
  EXPECT_THAT(refusal(load_finetune_config, "name: a\nbody: b\nlanguages: [zh]\n"), HasSubstr("spaces"));
}

TEST(TrainingConfig, ChoosesWhatTheProcessorMultiplies) {
  const bool bf16 = kernels::find_kernels(kernels::Isa::avx512_bf16) != nullptr;
  EXPECT_EQ(choose_precision("auto", torch::kCPU), bf16 ? torch::kBFloat16 : torch::kFloat);
  EXPECT_EQ(choose_precision("auto", torch::kCUDA), torch::kBFloat16);
  EXPECT_EQ(choose_precision("f32", torch::kCUDA), torch::kFloat);
  EXPECT_EQ(TrainingConfig().precision, "auto");
}

TEST(FinetuneConfig, TheRepositorysConfigurationsAreRead) {
  std::size_t read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(TENOR_SOURCE_DIR) + "/configs")) {
    const std::string name = entry.path().filename().string(), path = entry.path().string();
    if (name.starts_with("finetune-")) {
      const auto config = load_finetune_config(path);
      EXPECT_TRUE(config) << config.error().message;
      ++read;
    } else if (name.starts_with("pretrain-")) {
      const auto config = load_pretrain_config(path);
      EXPECT_TRUE(config) << config.error().message;
      ++read;
    }
  }
  EXPECT_GE(read, 10u);
}

TEST(PretrainConfig, RefusesUnknownFieldsWithTheirLine) {
  const std::string text = "texts: [a.txt]\nencoder:\n  hiden: 4\n";
  EXPECT_THAT(refusal(load_pretrain_config, text), AllOf(HasSubstr("hiden"), HasSubstr("3")));
  EXPECT_THAT(refusal(load_pretrain_config, "name: a\n"), HasSubstr("texts"));
}

TEST(Configs, HelpNamesEveryFieldThatMayBeSet) {
  for (const char* field : {"body", "two_class_sources", "soft_weight", "learning_rate"}) {
    EXPECT_THAT(describe_finetune_config(), HasSubstr(field));
  }
  for (const char* field : {"layer_map", "temperature", "intermediate", "texts_limit"}) {
    EXPECT_THAT(describe_distill_config(), HasSubstr(field));
  }
  for (const char* field : {"build_vocabulary", "rtd_weight", "average_from"}) {
    EXPECT_THAT(describe_pretrain_config(), HasSubstr(field));
  }
}

TEST(Configs, ACheckpointDependsOnWhatChangesTheResult) {
  const auto settings = [](const char* yaml) { return settings_of(YAML::Load(yaml)); };
  const std::string base = settings("dropout: 0.1\ntraining: {learning_rate: 1e-4, threads: 2}\nname: a");
  EXPECT_EQ(settings("name: b\ntraining: {threads: 1, learning_rate: 1e-4}\ndropout: 0.1"), base);
  EXPECT_NE(settings("dropout: 0.1\ntraining: {learning_rate: 2e-4, threads: 2}"), base);
  EXPECT_NE(settings("dropout: 0.2\ntraining: {learning_rate: 1e-4, threads: 2}"), base);
}

TEST(Configs, OfTheRepositoryLoad) {
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(TENOR_SOURCE_DIR) + "/configs")) {
    const std::string path = entry.path().string(), name = entry.path().filename().string();
    if (name.starts_with("pretrain")) {
      const auto config = load_pretrain_config(path);
      EXPECT_TRUE(config) << config.error().message;
      ++found;
    }
    if (name.starts_with("distill")) {
      const auto config = load_distill_config(path);
      EXPECT_TRUE(config) << config.error().message;
      ++found;
    }
    if (name.starts_with("finetune")) {
      const auto config = load_finetune_config(path);
      EXPECT_TRUE(config) << config.error().message;
      ++found;
    }
  }
  EXPECT_GT(found, 0u);
}

}  // namespace
}  // namespace tenor::learn
