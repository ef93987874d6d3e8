#include "learn/finetune_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "bundle/draft.h"
#include "bundle/json_object.h"
#include "learn/float_bundle.h"
#include "learn/pretrain_run.h"
#include "learn/seed_runs.h"
#include "learn/test_models.h"

namespace tenor::learn {
namespace {

using bundle::testing::TemporaryFolder;
using ::testing::HasSubstr;

class FinetuneRun : public ::testing::Test {
 protected:
  FinetuneRun() {
    testing::write_toy_body(path("body"), testing::toy_config());
    EXPECT_TRUE(write_file_atomic(path("train.jsonl"), testing::toy_rows(120, 1)));
    EXPECT_TRUE(write_file_atomic(path("dev.jsonl"), testing::toy_rows(30, 2)));
    config_.name = "toy";
    config_.languages = {"zh"};
    config_.body = path("body");
    config_.reading.max_tokens = 16;
    ExampleSpace space;
    space.rows.name = "overall";
    space.rows.train = {"train.jsonl"};
    space.rows.dev = {"dev.jsonl"};
    config_.spaces = {space};
    config_.objective.dropout = 0.1;
    config_.training.epochs = 12;
    config_.training.threads = 2;
    config_.training.precision = "f32";
    config_.training.batches.tokens = 128;
    config_.training.loop.micro_batches = 1;
    config_.training.loop.schedule.peak = 1e-2;
    config_.training.loop.log_seconds = 0;
    config_.training.loop.average_from = 0.7;
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  FinetuneContext context(const std::string& out, std::uint64_t stop_after = 1000000) {
    FinetuneContext context;
    context.run.data = path("");
    context.run.out = path(out);
    context.run.say = [this](const std::string& line) { said_ += line + "\n"; };
    context.run.should_stop = [stop_after, asked = std::uint64_t{0}]() mutable { return asked++ >= stop_after; };
    context.rows.data_folder = context.run.data;
    context.rows.progress = false;
    return context;
  }

  std::vector<double> losses(const std::string& out) const {
    std::vector<double> found;
    std::istringstream lines(*read_file(path(out) + "/metrics.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      if (const auto loss = bundle::JsonObject::parse(line)->number("loss")) found.push_back(*loss);
    }
    return found;
  }

  TemporaryFolder folder_;
  FinetuneConfig config_;
  std::string said_;
};

TEST_F(FinetuneRun, LearnsAndLeavesAModelThatTheEngineAnswersFrom) {
  const auto finished = finetune(config_, context("out"));
  ASSERT_TRUE(finished) << finished.error().message;
  EXPECT_TRUE(*finished);
  const auto found = losses("out");
  ASSERT_GT(found.size(), 10u);
  EXPECT_LT(found.back(), 0.5 * found.front());

  const auto model = load_model(path("out"));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "toy");
  EXPECT_EQ(model->languages, std::vector<std::string>{"zh"});
  EXPECT_EQ(model->reading.max_tokens, 16u);
  ASSERT_EQ(model->tasks.size(), 1u);
  EXPECT_EQ(model->tasks[0].labels, (std::vector<std::string>{"positive", "neutral", "negative"}));
  EXPECT_EQ(model->vocab_txt, testing::kToyVocabulary);

  auto writer = float_bundle(*model, "encoder", "test");
  ASSERT_TRUE(writer) << writer.error().message;
  const auto draft = bundle::DraftBundle::open(*writer, "toy");
  ASSERT_TRUE(draft) << draft.error().message;
  const std::vector<std::string> texts = {"好菜店", "差人的店菜", "平", "未知 words!",
                                          "棒棒棒棒棒棒棒棒棒棒棒棒坏坏坏坏坏坏"};
  const auto parity = compare_with_engine(*model, draft->bundle(), "encoder", texts);
  ASSERT_TRUE(parity) << parity.error().message;
  EXPECT_EQ(parity->texts, texts.size());
  EXPECT_EQ(parity->flips, 0u);
  EXPECT_LT(parity->largest_difference, 1e-4);
}

TEST_F(FinetuneRun, SavedModelsAreReadBackAsTheyWere) {
  config_.training.epochs = 1;
  ASSERT_TRUE(finetune(config_, context("out")));
  const auto model = load_model(path("out"));
  ASSERT_TRUE(model) << model.error().message;
  std::filesystem::create_directories(path("copy"));
  ASSERT_TRUE(save_model(path("copy"), *model));
  for (const char* name : {"model.json", "model.safetensors", "vocab.txt"}) {
    EXPECT_EQ(*read_file(path("out") + "/" + name), *read_file(path("copy") + "/" + name)) << name;
  }
}

TEST_F(FinetuneRun, StoppedAndGoneOnWithIsTheSameToTheBit) {
  config_.training.epochs = 3;
  ASSERT_TRUE(finetune(config_, context("whole")));
  const auto stopped = finetune(config_, context("parted", 5));
  ASSERT_TRUE(stopped) << stopped.error().message;
  EXPECT_FALSE(*stopped);
  EXPECT_FALSE(std::filesystem::exists(path("parted") + "/model.json"));
  config_.training.threads = 1;
  ASSERT_TRUE(finetune(config_, context("parted")));
  EXPECT_EQ(*read_file(path("whole") + "/model.safetensors"), *read_file(path("parted") + "/model.safetensors"));
}

TEST_F(FinetuneRun, AsksTeachersAboutTextsWithoutLabels) {
  ASSERT_TRUE(write_file_atomic(path("more.txt"), "好菜\n坏店\n平人\n"));
  config_.training.epochs = 1;
  config_.teachers = {"any"};
  config_.unlabelled = {"more.txt"};
  config_.objective.soft_weight = 0.5;
  FinetuneContext with_teacher = context("out");
  ASSERT_FALSE(finetune(config_, with_teacher));  // none is given
  std::size_t asked = 0;
  with_teacher.teacher = [&](std::span<const TaskInfo> tasks, std::span<const Example> examples,
                             const std::function<bool()>& should_stop) {
    using Answers = std::optional<std::vector<float>>;
    EXPECT_EQ(tasks.size(), 1u);
    asked = examples.size();
    if (should_stop && should_stop()) return Result<Answers>(std::nullopt);
    return Result<Answers>(std::vector<float>(examples.size() * 3, 0));
  };
  with_teacher.run.should_stop = [] { return true; };
  const auto stopped = finetune(config_, with_teacher);
  ASSERT_TRUE(stopped) << stopped.error().message;
  EXPECT_FALSE(*stopped);
  EXPECT_FALSE(std::filesystem::exists(path("out") + "/metrics.jsonl")) << "no step was taken";
  with_teacher.run.should_stop = nullptr;
  const auto finished = finetune(config_, with_teacher);
  ASSERT_TRUE(finished) << finished.error().message;
  EXPECT_EQ(asked, 123u);
}

TEST_F(FinetuneRun, RepeatsLayersWhereMoreAreAskedFor) {
  config_.training.epochs = 0.1;
  config_.layers = 3;
  ASSERT_TRUE(finetune(config_, context("out")));
  EXPECT_EQ(load_model(path("out"))->config.layers, 3u);
  config_.layers = 1;
  const auto fewer = finetune(config_, context("fewer"));
  ASSERT_FALSE(fewer);
  EXPECT_THAT(fewer.error().message, HasSubstr("the body has 2"));
}

TEST_F(FinetuneRun, GuessesMaskedTokensBesideTheTasks) {
  config_.training.epochs = 2;
  config_.training.checkpoint_layers = true;
  config_.mlm_weight = 0.5;
  config_.mlm_share = 0.5;
  ASSERT_TRUE(finetune(config_, context("out")));
  EXPECT_THAT(*read_file(path("out") + "/metrics.jsonl"), HasSubstr("\"mlm\""));
  EXPECT_THAT(*read_file(path("out") + "/model.safetensors"), ::testing::Not(HasSubstr("mlm.")));
  EXPECT_TRUE(load_model(path("out")));
}

TEST_F(FinetuneRun, OfSeveralSeedsGoesOnAndJudgesThemTogether) {
  config_.training.epochs = 2;
  const std::vector<std::uint64_t> seeds = {7, 8};
  const auto stopped = finetune_seeds(config_, context("out", 3), seeds);
  ASSERT_TRUE(stopped) << stopped.error().message;
  EXPECT_FALSE(*stopped);
  const auto judged = finetune_seeds(config_, context("out"), seeds);
  ASSERT_TRUE(judged) << judged.error().message;
  ASSERT_TRUE(*judged);
  EXPECT_EQ((*judged)->scores.size(), 2u);
  EXPECT_TRUE((*judged)->averaged.count("overall_macro_f1"));
  EXPECT_EQ(*read_file(path("out") + "/seeds.json"), to_json(**judged));
  EXPECT_NE(*read_file(path("out") + "/seed-7/model.safetensors"),
            *read_file(path("out") + "/seed-8/model.safetensors"));
  config_.seed = 8;
  ASSERT_TRUE(finetune(config_, context("alone")));
  EXPECT_EQ(*read_file(path("out") + "/seed-8/model.safetensors"), *read_file(path("alone") + "/model.safetensors"));
  EXPECT_FALSE(finetune_seeds(config_, context("out"), std::vector<std::uint64_t>{7, 7}));
  EXPECT_FALSE(finetune_seeds(config_, context("out"), {}));
}

TEST_F(FinetuneRun, SaysWhatIsWrongWithAFolderThatIsNoModel) {
  const auto model = load_model(path("body"));
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("tenor-train finetune"));
  config_.body = path("nowhere");
  const auto run = finetune(config_, context("out"));
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().message, HasSubstr("tenor-train pretrain"));
}

TEST_F(FinetuneRun, StartsFromWhatPretrainingLeaves) {
  PretrainConfig pretraining;
  pretraining.texts = {"train.jsonl"};
  pretraining.vocabulary = path("body") + "/vocab.txt";
  pretraining.corpus = {16, 4};
  pretraining.shape = {16, 2, 2, 32, 32, "gelu"};
  pretraining.vectors.epochs = 1;
  pretraining.objective.generator_layers = 1;
  pretraining.objective.generator_ffn = 16;
  pretraining.training = config_.training;
  pretraining.training.epochs = 4;
  for (const auto method : {PretrainingMethod::mlm, PretrainingMethod::rtd}) {
    pretraining.objective.method = method;
    const std::string name = method == PretrainingMethod::mlm ? "mlm" : "rtd";
    ASSERT_TRUE(*pretrain(pretraining, context(name).run));
    EXPECT_FALSE(*pretrain(pretraining, context(name + "-parted", 3).run));
    ASSERT_TRUE(*pretrain(pretraining, context(name + "-parted").run));
    EXPECT_EQ(*read_file(path(name) + "/encoder.safetensors"),
              *read_file(path(name + "-parted") + "/encoder.safetensors"));
    const auto found = losses(name);
    EXPECT_LT(found.back(), found.front());
  }
  config_.body = path("rtd");
  config_.training.epochs = 1;
  const auto finished = finetune(config_, context("out"));
  ASSERT_TRUE(finished) << finished.error().message;
}

}  // namespace
}  // namespace tenor::learn
