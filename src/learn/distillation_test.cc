#include "learn/distillation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/distill_run.h"
#include "learn/test_models.h"

namespace tenor::learn {
namespace {

using bundle::testing::TemporaryFolder;
using ::testing::HasSubstr;
using testing::toy_config;
using testing::toy_grid;
using testing::toy_parameters;
using torch::Tensor;

TEST(UniformLayerMap, EndsAtTheLastLayer) {
  EXPECT_EQ(uniform_layer_map(4, 12), (std::vector<std::size_t>{3, 6, 9, 12}));
  EXPECT_EQ(uniform_layer_map(2, 3), (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(uniform_layer_map(3, 3), (std::vector<std::size_t>{1, 2, 3}));
  EXPECT_EQ(uniform_layer_map(4, 2), (std::vector<std::size_t>{1, 1, 2, 2}));
}

TEST(CheckPair, RefusesWhatCannotBeCompared) {
  const auto teacher = toy_config(3), student = toy_config(2);
  EXPECT_TRUE(check_pair(teacher, student, {}));
  auto other = student;
  other.vocabulary += 1;
  EXPECT_THAT(check_pair(teacher, other, {}).error().message, HasSubstr("share the vocabulary"));
  DistillationOptions options;
  options.layer_map = {1};
  EXPECT_THAT(check_pair(teacher, student, options).error().message, HasSubstr("2 layers, found 1"));
  options.layer_map = {1, 4};
  EXPECT_THAT(check_pair(teacher, student, options).error().message, HasSubstr("1 to 3, found 4"));
  options.layer_map = {1, 3};
  EXPECT_TRUE(check_pair(teacher, student, options));
}

class DistillationLoss : public ::testing::Test {
 protected:
  MicroBatchLoss compute(const experts::EncoderConfig& student, const Parameters& parameters) {
    options_.compute = torch::kFloat;
    options_.batches = {1000, 100};
    const std::vector<std::span<const std::uint16_t>> texts(texts_.begin(), texts_.end());
    const Distillation objective({teacher_, taught_}, student, options_, texts);
    EXPECT_EQ(objective.micro_batches(0), 1u);
    Random random(1);
    return objective.loss(parameters, 0, 0, random);
  }
  static ForwardResult forward(const experts::EncoderConfig& config, const Parameters& parameters,
                               const std::vector<std::uint16_t>& text) {
    return encoder_forward(config, parameters, toy_grid({text}), {torch::kFloat, 0, nullptr, true});
  }

  experts::EncoderConfig teacher_ = toy_config(4);
  Parameters taught_ = toy_parameters(teacher_);
  DistillationOptions options_;
  std::vector<std::vector<std::uint16_t>> texts_ = {{2, 5, 11, 12, 8, 13, 3}, {2, 9, 3}};
};

TEST_F(DistillationLoss, OfATwinIsZero) {
  const MicroBatchLoss found = compute(teacher_, toy_parameters(teacher_));
  EXPECT_NEAR(found.loss.item<double>(), 0, 1e-9);
  EXPECT_EQ(found.tokens, 10u);
}

// Against each text alone, without padding.
TEST_F(DistillationLoss, IsTheMeanSquaredDifferenceOverTokens) {
  const auto student = toy_config(2);
  const Parameters parameters = toy_parameters(student, 99);
  options_.layer_map = {1, 4};
  double embedding = 0, hidden = 0, attention = 0, tokens = 0, pairs = 0;
  for (const auto& text : texts_) {
    const auto theirs = forward(teacher_, taught_, text), own = forward(student, parameters, text);
    const auto squares = [](const Tensor& a, const Tensor& b) { return (a - b).pow(2).sum().item<double>(); };
    embedding += squares(own.layers[0], theirs.layers[0]);
    hidden += squares(own.layers[1], theirs.layers[1]) + squares(own.layers[2], theirs.layers[4]);
    attention += squares(own.attention[0], theirs.attention[0]) + squares(own.attention[1], theirs.attention[3]);
    tokens += static_cast<double>(text.size());
    pairs += static_cast<double>(text.size() * text.size());
  }
  embedding /= tokens * 16;
  hidden /= tokens * 16;
  attention /= pairs * 2;
  const MicroBatchLoss found = compute(student, parameters);
  EXPECT_NEAR(found.metrics.at("embedding").value, embedding, 1e-4 * embedding);
  EXPECT_NEAR(found.metrics.at("hidden").value, hidden, 1e-4 * hidden);
  EXPECT_NEAR(found.metrics.at("attention").value, attention, 1e-4 * attention);
  EXPECT_NEAR(found.loss.item<double>(), embedding + hidden + attention, 1e-3);
  options_.embedding_weight = 0.5;
  options_.hidden_weight = 2;
  options_.attention_weight = 0;
  EXPECT_NEAR(compute(student, parameters).loss.item<double>(), embedding / 2 + 2 * hidden, 1e-3);
}

TEST_F(DistillationLoss, ProjectsNarrowStudentsAndAveragesHeads) {
  auto student = toy_config(2, 8);
  student.heads = 1;
  Parameters parameters = toy_parameters(student, 99);
  const auto shapes = projection_shapes(teacher_, student);
  ASSERT_EQ(shapes.size(), 2u);
  EXPECT_EQ(shapes[0].shape, (std::vector<std::int64_t>{16, 8}));
  EXPECT_TRUE(projection_shapes(teacher_, toy_config(2)).empty());
  add_initialised(shapes, 1, parameters);
  texts_.resize(1);
  const MicroBatchLoss found = compute(student, parameters);
  const auto theirs = forward(teacher_, taught_, texts_[0]), own = forward(student, parameters, texts_[0]);
  const Tensor heads = theirs.attention[1].mean(1, true) - own.attention[0];
  const Tensor last = theirs.attention[3].mean(1, true) - own.attention[1];
  EXPECT_NEAR(found.metrics.at("attention").value, (heads.pow(2).mean() + last.pow(2).mean()).item<double>(), 1e-4);
  const auto gradients = torch::autograd::grad({found.loss}, parameters.tensors(), {}, {}, false, true);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_TRUE(gradients[i].defined() && gradients[i].abs().sum().item<double>() > 0) << parameters.names()[i];
  }
}

class DistillRun : public ::testing::Test {
 protected:
  DistillRun() {
    testing::write_toy_body(path("body"), toy_config(3));
    EXPECT_TRUE(write_file_atomic(path("train.jsonl"), testing::toy_rows(90, 1)));
    EXPECT_TRUE(write_file_atomic(path("dev.jsonl"), testing::toy_rows(30, 2)));
    EXPECT_TRUE(write_file_atomic(path("more.txt"), "好菜店人\n坏店人的\n平人的菜\n"));
    ExampleSpace space;
    space.rows.name = "overall";
    space.rows.train = {"train.jsonl"};
    space.rows.dev = {"dev.jsonl"};
    config_.name = "small";
    config_.teacher = path("teacher");
    config_.shape = {8, 2, 2, 16, 32, "gelu"};
    config_.spaces = {space};
    config_.texts = {"more.txt"};
    config_.answers.soft_weight = 1;
    config_.answers.dropout = 0;
    config_.intermediate.epochs = 6;
    config_.intermediate.threads = 2;
    config_.intermediate.precision = "f32";
    config_.intermediate.batches.tokens = 128;
    config_.intermediate.loop.micro_batches = 1;
    config_.intermediate.loop.schedule.peak = 1e-2;
    config_.intermediate.loop.log_seconds = 0;
    config_.prediction = config_.intermediate;
    config_.prediction.epochs = 20;
  }

  void make_teacher() {
    FinetuneConfig config;
    config.name = "big";
    config.languages = {"zh"};
    config.license = "CC0";
    config.body = path("body");
    config.reading.max_tokens = 16;
    config.spaces = config_.spaces;
    config.training = config_.prediction;
    const auto finished = finetune(config, context("teacher"));
    ASSERT_TRUE(finished) << finished.error().message;
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  FinetuneContext context(const std::string& out, std::uint64_t stop_after = 1000000) {
    FinetuneContext context;
    context.run.data = path("");
    context.run.out = path(out);
    context.run.say = [](const std::string&) {};
    context.run.should_stop = [stop_after, asked = std::uint64_t{0}]() mutable { return asked++ >= stop_after; };
    context.rows.data_folder = context.run.data;
    context.rows.progress = false;
    return context;
  }
  std::string model_bytes(const std::string& out) const { return *read_file(path(out) + "/model.safetensors"); }

  TemporaryFolder folder_;
  DistillConfig config_;
};

TEST_F(DistillRun, LeavesAStudentThatAnswersAsItsTeacher) {
  make_teacher();
  const auto finished = distill(config_, context("out"));
  ASSERT_TRUE(finished) << finished.error().message;
  EXPECT_TRUE(*finished);
  const auto teacher = load_model(path("teacher")), student = load_model(path("out"));
  ASSERT_TRUE(student) << student.error().message;
  EXPECT_EQ(student->name, "small");
  EXPECT_EQ(student->license, "CC0");
  EXPECT_EQ(student->languages, std::vector<std::string>{"zh"});
  EXPECT_EQ(student->reading.max_tokens, 16u);
  EXPECT_EQ(student->config.hidden, 8u);
  const auto tokenizer = body_tokenizer(student->vocab_txt);
  const auto set = load_examples(config_.spaces, context("x").rows, *tokenizer, student->reading);
  ASSERT_TRUE(set) << set.error().message;
  const auto taught = predict(teacher->config, teacher->parameters, set->tasks, set->dev, torch::kFloat);
  const auto own = predict(student->config, student->parameters, set->tasks, set->dev, torch::kFloat);
  std::size_t same = 0;
  for (std::size_t r = 0; r < set->dev.size(); ++r) {
    const auto best = [&](const std::vector<float>& p) {
      return std::max_element(p.begin() + static_cast<std::ptrdiff_t>(3 * r),
                              p.begin() + static_cast<std::ptrdiff_t>(3 * r + 3)) -
             p.begin();
    };
    same += best(taught) == best(own) ? 1 : 0;
  }
  EXPECT_GE(same, set->dev.size() * 9 / 10);
  EXPECT_TRUE(std::filesystem::exists(path("out") + "/intermediate/metrics.jsonl"));
}

TEST_F(DistillRun, GoesOnInBothStepsToTheBit) {
  make_teacher();
  config_.intermediate.epochs = 1;
  config_.prediction.epochs = 1;
  ASSERT_TRUE(distill(config_, context("whole")));
  EXPECT_FALSE(*distill(config_, context("parted", 2)));  // in the first step
  FinetuneContext second = context("parted");
  second.run.should_stop = [metrics = path("parted") + "/metrics.jsonl"] {
    return std::filesystem::exists(metrics) && std::filesystem::file_size(metrics) > 0;
  };
  EXPECT_FALSE(*distill(config_, second));  // in the second one
  EXPECT_TRUE(*distill(config_, context("parted")));
  EXPECT_EQ(model_bytes("whole"), model_bytes("parted"));
}

TEST_F(DistillRun, GeneralStageLeavesABodyToStartFrom) {
  config_.stage = DistillStage::general;
  config_.teacher = path("body");
  config_.texts = {"train.jsonl"};
  config_.max_tokens = 16;
  const auto finished = distill(config_, context("student"));
  ASSERT_TRUE(finished) << finished.error().message;
  const auto body = load_body(path("student"));
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(body->config.hidden, 8u);
  EXPECT_EQ(body->vocab_txt, testing::kToyVocabulary);

  make_teacher();
  config_.stage = DistillStage::task;
  config_.teacher = path("teacher");
  config_.student = path("student");
  config_.inside.embedding_weight = config_.inside.hidden_weight = config_.inside.attention_weight = 0;
  config_.spaces.clear();  // texts alone
  config_.max_tokens = 0;
  const auto task = distill(config_, context("out"));
  ASSERT_TRUE(task) << task.error().message;
  EXPECT_FALSE(std::filesystem::exists(path("out") + "/intermediate"));
  EXPECT_EQ(load_model(path("out"))->config.hidden, 8u);
}

TEST_F(DistillRun, RefusesWithAReason) {
  make_teacher();
  const auto refusal = [&] {
    const auto found = distill(config_, context("out"));
    return found ? std::string("NOT REFUSED") : found.error().message;
  };
  config_.max_tokens = 33;
  EXPECT_THAT(refusal(), HasSubstr("expected 8 to 32"));
  config_.max_tokens = 0;
  testing::write_toy_body(path("other"), toy_config(2));
  ASSERT_TRUE(write_file_atomic(path("other") + "/vocab.txt", std::string(testing::kToyVocabulary) + "x\n"));
  config_.student = path("other");
  EXPECT_THAT(refusal(), HasSubstr("another vocabulary"));
  config_.student.clear();
  ASSERT_TRUE(write_file_atomic(
      path("train.jsonl"),
      "{\"text\": \"好菜\", \"label\": \"positive\"}\n{\"text\": \"坏菜\", \"label\": \"negative\"}\n"));
  EXPECT_THAT(refusal(), HasSubstr("the rows' tasks"));
  config_.teacher = path("body");
  EXPECT_THAT(refusal(), HasSubstr("tenor-train finetune"));
}

TEST(DistillConfigFile, ExampleOfTheRepositoryLoadsAndUnknownFieldsAreRefused) {
  const auto config = load_distill_config(std::string(TENOR_SOURCE_DIR) + "/configs/distill-example.yaml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->stage, DistillStage::task);
  const TemporaryFolder folder;
  const std::string path = (folder / "run.yaml").string();
  ASSERT_TRUE(write_file_atomic(path, "name: a\nteacher: b\ntexts: [c.txt]\ntemprature: 2\n"));
  EXPECT_THAT(load_distill_config(path).error().message, ::testing::AllOf(HasSubstr("temprature"), HasSubstr("4")));
  ASSERT_TRUE(write_file_atomic(path, "name: a\nteacher: b\nstage: both\n"));
  EXPECT_THAT(load_distill_config(path).error().message, HasSubstr("general"));
}

}  // namespace
}  // namespace tenor::learn
