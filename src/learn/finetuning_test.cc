#include "learn/finetuning.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "learn/test_models.h"

namespace tenor::learn {
namespace {

using testing::toy_config;
using Row = std::vector<double>;  // numbers of one task

const std::vector<TaskInfo> kTasks = {{"overall", false, {"positive", "neutral", "negative"}, 0},
                                      {"food", true, {"positive", "neutral", "negative", "not_mentioned"}, 3},
                                      {"service", true, {"positive", "neutral", "negative", "not_mentioned"}, 7}};
constexpr std::size_t kOutputs = 11;

Example example_of(std::vector<std::uint16_t> ids, std::vector<std::int8_t> labels) {
  Example out;
  out.ids = std::move(ids);
  out.labels = std::move(labels);
  return out;
}

Row log_softmax(const Row& logits) {
  double sum = 0;
  for (const double x : logits) sum += std::exp(x);
  Row out;
  for (const double x : logits) out.push_back(x - std::log(sum));
  return out;
}

Row softmax(const Row& logits, double temperature = 1) {
  Row out;
  for (const double x : logits) out.push_back(x / temperature);
  out = log_softmax(out);
  for (double& x : out) x = std::exp(x);
  return out;
}

class FinetuningLoss : public ::testing::Test {
 protected:
  FinetuningLoss() : config_(with_head(toy_config(), kTasks)) {
    add_initialised(encoder_shapes(config_), 7, parameters_);
    add_initialised(head_shapes(config_), 7, parameters_);
    testing::sharpen(parameters_);
    options_.compute = torch::kFloat;
    options_.dropout = 0;
    examples_ = {example_of({2, 5, 11, 3}, {0, -1, -1}), example_of({2, 7, 12, 13, 3}, {2, -1, -1})};
  }

  // Logits of task `task` for example `row`, by the encoder alone.
  Row logits(std::size_t row, std::size_t task) const {
    const TokenGrid grid = testing::toy_grid({examples_[row].ids});
    const auto states = encoder_forward(config_, parameters_, grid, {torch::kFloat, 0, nullptr, false}).states;
    const torch::Tensor all = task_logits(config_, parameters_, grid, states);
    Row out;
    for (std::size_t l = 0; l < kTasks[task].labels.size(); ++l) {
      out.push_back(all[0][static_cast<std::int64_t>(kTasks[task].first_output + l)].item<double>());
    }
    return out;
  }
  double cross_entropy(std::size_t row, std::size_t task = 0) const {
    return -log_softmax(logits(row, task))[static_cast<std::size_t>(examples_[row].labels[task])];
  }

  MicroBatchLoss compute(std::uint64_t seed = 1) const {
    const Finetuning objective(config_, options_, kTasks, examples_, teacher_);
    EXPECT_EQ(objective.micro_batches(0), 1u);
    Random random(seed);
    return objective.loss(parameters_, 0, 0, random);
  }
  double loss(std::uint64_t seed = 1) const { return compute(seed).loss.item<double>(); }

  experts::EncoderConfig config_;
  Parameters parameters_;
  FinetuningOptions options_;
  std::vector<Example> examples_;
  std::vector<float> teacher_;
};

TEST_F(FinetuningLoss, IsTheMeanCrossEntropyOfTexts) {
  const MicroBatchLoss found = compute();
  EXPECT_NEAR(found.loss.item<double>(), (cross_entropy(0) + cross_entropy(1)) / 2, 1e-5);
  EXPECT_EQ(found.tokens, 9u);
  const Sum overall = found.metrics.at("overall");
  EXPECT_NEAR(overall.value / overall.count, found.loss.item<double>(), 1e-5);
}

TEST_F(FinetuningLoss, TasksWithoutLabelsAddNothing) {
  const double before = loss();
  examples_.push_back(example_of({2, 8, 8, 3}, {-1, -1, -1}));
  EXPECT_NEAR(loss() * 3, before * 2, 1e-5);
  examples_.back().labels[1] = 3;
  EXPECT_NEAR(loss() * 3, before * 2 + cross_entropy(2, 1), 1e-5);
  options_.aspect_weight = 0.25;
  EXPECT_NEAR(loss() * 3, before * 2 + 0.25 * cross_entropy(2, 1), 1e-5);
}

TEST_F(FinetuningLoss, WeighsRowsAgainstTheirMean) {
  examples_[0].weight = 3;
  EXPECT_NEAR(loss(), (1.5 * cross_entropy(0) + 0.5 * cross_entropy(1)) / 2, 1e-5);
}

TEST_F(FinetuningLoss, OfTwoClassRowsLeavesNeutralOut) {
  examples_[1].two_class = true;
  const Row all = logits(1, 0);
  const double two = -log_softmax({all[0], all[2]})[1];
  EXPECT_NEAR(loss(), (cross_entropy(0) + two) / 2, 1e-5);

  options_.label_smoothing = 0.1;  // over the labels that take part
  const Row three = log_softmax(logits(0, 0)), pair = log_softmax({all[0], all[2]});
  const double first = 0.9 * -three[0] + 0.1 * -(three[0] + three[1] + three[2]) / 3;
  const double second = 0.9 * -pair[1] + 0.1 * -(pair[0] + pair[1]) / 2;
  EXPECT_NEAR(loss(), (first + second) / 2, 1e-5);

  // A row that knows no neutral moves nothing that answers neutral.
  examples_.erase(examples_.begin());
  options_.label_smoothing = 0.1;
  const auto gradient = torch::autograd::grad({compute().loss}, {parameters_.at("head.bias")})[0];
  EXPECT_EQ(gradient[1].item<float>(), 0);
  EXPECT_NE(gradient[0].item<float>(), 0);
}

TEST_F(FinetuningLoss, FocalWeighsByWhatIsStillMissed) {
  options_.focal_gamma = 2;
  double expected = 0;
  for (const std::size_t row : {0u, 1u}) {
    const double own = std::exp(-cross_entropy(row));
    expected += (1 - own) * (1 - own) * cross_entropy(row) / 2;
  }
  EXPECT_NEAR(loss(), expected, 1e-5);
}

TEST_F(FinetuningLoss, WeighsClassesOfTheOverallTaskAlone) {
  examples_[0].labels[1] = 2;
  options_.class_weights = {2, 1, 0.5};
  EXPECT_NEAR(loss(), (2 * cross_entropy(0) + cross_entropy(0, 1) + 0.5 * cross_entropy(1)) / 2, 1e-5);
}

TEST_F(FinetuningLoss, LearnsFromTheTeacherAtATemperature) {
  options_.soft_weight = 0.7;
  options_.temperature = 2;
  teacher_.assign(2 * kOutputs, 0);
  const Row answers = {-0.2, -2.5, -3};
  std::copy(answers.begin(), answers.end(), teacher_.begin());
  teacher_[kOutputs] = std::numeric_limits<float>::quiet_NaN();  // has not heard of the second row
  const auto soft = [&](const Row& taught, std::size_t task) {
    const Row goal = softmax(taught, 2);
    Row halved = logits(0, task);
    for (double& x : halved) x /= 2;
    const Row own = log_softmax(halved);
    double sum = 0;
    for (std::size_t l = 0; l < goal.size(); ++l) sum -= goal[l] * own[l];
    return 4 * sum;
  };
  const Row even(4, 0);
  const double hard = (cross_entropy(0) + cross_entropy(1)) / 2;
  const double softly = (soft(answers, 0) + soft(even, 1) + soft(even, 2)) / 2;
  EXPECT_NEAR(loss(), 0.3 * hard + 0.7 * softly, 1e-4);
}

TEST_F(FinetuningLoss, OfRDropWithoutDropoutIsThePlainOne) {
  const double plain = loss();
  options_.rdrop = 5;
  EXPECT_NEAR(loss(), plain, 1e-5);
}

TEST_F(FinetuningLoss, OfRDropAddsTheDivergenceOfTwoPasses) {
  options_.dropout = 0.3;
  examples_.resize(1);
  const TokenGrid grid = testing::toy_grid({examples_[0].ids});
  Random random(11);
  std::vector<Row> passes;
  for (int pass = 0; pass < 2; ++pass) {
    const auto states = encoder_forward(config_, parameters_, grid, {torch::kFloat, 0.3, &random, false}).states;
    const torch::Tensor all = task_logits(config_, parameters_, grid, dropout(states, 0.3, &random));
    passes.push_back({all[0][0].item<double>(), all[0][1].item<double>(), all[0][2].item<double>()});
  }
  const Row p = log_softmax(passes[0]), q = log_softmax(passes[1]);
  double divergence = 0;
  for (std::size_t l = 0; l < 3; ++l) divergence += (std::exp(p[l]) - std::exp(q[l])) * (p[l] - q[l]) / 2;
  EXPECT_GT(divergence, 1e-4);
  options_.rdrop = 4;
  EXPECT_NEAR(loss(11), (-p[0] - q[0]) / 2 + 4 * divergence, 1e-4);
}

TEST_F(FinetuningLoss, PredictionsAreASoftmaxATask) {
  const auto found = predict(config_, parameters_, kTasks, examples_, torch::kFloat);
  ASSERT_EQ(found.size(), 2 * kOutputs);
  for (const std::size_t row : {0u, 1u}) {
    for (std::size_t t = 0; t < kTasks.size(); ++t) {
      const Row expected = softmax(logits(row, t));
      for (std::size_t l = 0; l < expected.size(); ++l) {
        EXPECT_NEAR(found[row * kOutputs + kTasks[t].first_output + l], expected[l], 1e-5);
      }
    }
  }
}

TEST(ScoreExamples, CountsTwoClassRowsWithoutNeutral) {
  const std::vector<TaskInfo> tasks = {kTasks[0]};
  std::vector<Example> rows = {example_of({2}, {0}), example_of({2}, {2}), example_of({2}, {2}), example_of({2}, {-1})};
  rows[2].two_class = true;
  const std::vector<float> answers = {0.6f, 0.3f, 0.1f, 0.5f, 0.1f, 0.4f, 0.1f, 0.7f, 0.2f, 1, 0, 0};
  const Scores scores = score_examples(tasks, rows, answers);
  EXPECT_NEAR(scores.at("overall_macro_f1"), (2.0 / 3 + 0) / 2, 1e-9);  // positive 2/3, negative 0
  EXPECT_NEAR(scores.at("overall_two_class_accuracy"), 1, 1e-9);        // 0.2 against 0.1
  EXPECT_NEAR(scores.at("mean"), (1.0 / 3 + 1) / 2, 1e-9);
}

TEST(ScoreExamples, CountsNotMentionedAsNeutral) {
  std::vector<TaskInfo> tasks = {kTasks[1]};
  tasks[0].first_output = 0;
  const std::vector<Example> rows = {example_of({2}, {3}), example_of({2}, {0})};
  const std::vector<float> answers = {0, 1, 0, 0, 1, 0, 0, 0};  // neutral, positive
  const Scores scores = score_examples(tasks, rows, answers);
  EXPECT_NEAR(scores.at("aspects_merged_macro_f1"), 1, 1e-9);
  EXPECT_NEAR(scores.at("aspects_accuracy"), 0.5, 1e-9);
}

}  // namespace
}  // namespace tenor::learn
