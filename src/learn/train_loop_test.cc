#include "learn/train_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "learn/test_models.h"

namespace tenor::learn {
namespace {

using bundle::testing::TemporaryFolder;
using testing::expect_equal;
using ::testing::HasSubstr;
using testing::ToyObjective;

class TrainLoop : public ::testing::Test {
 protected:
  TrainLoop() {
    options_.steps = 23;
    options_.micro_batches = 2;
    options_.schedule.peak = 0.02;
    options_.folder = (folder_ / "run").string();
    options_.fingerprint = "one";
    options_.log_seconds = 0;
  }

  // Runs until the end, or until `stop_after` more steps are done.
  Result<LoopResult> run(Parameters& parameters, std::uint64_t stop_after = 1000) {
    ToyObjective objective;
    LoopHooks hooks;
    std::uint64_t asked = 0;
    hooks.should_stop = [&] { return asked++ >= stop_after; };
    hooks.evaluate = evaluate_;
    hooks.say = [this](const std::string& line) { said_ += line + "\n"; };
    return train(options_, objective, parameters, hooks);
  }

  static double distance(const Parameters& parameters) {
    return (parameters.at("w.weight") - torch::eye(6)).pow(2).sum().item<double>();
  }

  std::filesystem::path checkpoint() const { return std::filesystem::path(options_.folder) / "checkpoint"; }

  TemporaryFolder folder_;
  LoopOptions options_;
  std::string said_;
  std::function<Result<Scores>(const Parameters&)> evaluate_ = [](const Parameters& parameters) {
    return Result<Scores>(Scores{{"closeness", -distance(parameters)}});
  };
};

TEST_F(TrainLoop, Learns) {
  Parameters parameters = ToyObjective::parameters();
  options_.steps = 300;
  const auto result = run(parameters);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->finished);
  EXPECT_EQ(result->steps, 300u);
  EXPECT_LT(distance(parameters), 0.05);
  EXPECT_NEAR(result->best.at("closeness"), -distance(parameters), 1e-9);
  EXPECT_THAT(said_, HasSubstr("step 300/300 (100 %) loss "));
}

TEST_F(TrainLoop, ResumedEqualsUninterruptedToTheBit) {
  options_.evaluate_every = 4;
  options_.stop_metric = "closeness";
  for (const auto& [from, decay] : {std::pair{1.0, 0.0}, {0.3, 0.0}, {0.3, 0.8}}) {
    options_.average_from = from;
    options_.average_decay = decay;
    options_.folder = (folder_ / "whole").string();
    Parameters whole = ToyObjective::parameters();
    ASSERT_TRUE(run(whole)->finished);
    options_.folder = (folder_ / "parted").string();
    Parameters parted;
    bool finished = false;
    for (const std::uint64_t steps : {3, 1, 5, 0, 8, 1000}) {  // epochs have 5 micro-batches: stops inside and between
      parted = ToyObjective::parameters();
      const auto result = run(parted, steps);
      ASSERT_TRUE(result) << result.error().message;
      finished = result->finished;
    }
    EXPECT_TRUE(finished);
    expect_equal(whole, parted);
    for (const char* name : {"whole", "parted"}) std::filesystem::remove_all(folder_ / name);
  }
}

TEST_F(TrainLoop, ThreadsDoNotChangeTheResult) {
  Parameters one = ToyObjective::parameters(), three = ToyObjective::parameters();
  options_.folder.clear();
  options_.micro_batches = 3;
  ASSERT_TRUE(run(one));
  options_.threads = 3;
  ASSERT_TRUE(run(three));
  expect_equal(one, three);
}

TEST_F(TrainLoop, SavesWhenAskedToStop) {
  Parameters parameters = ToyObjective::parameters();
  const auto result = run(parameters, 7);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_FALSE(result->finished);
  EXPECT_EQ(result->steps, 7u);
  EXPECT_TRUE(std::filesystem::exists(checkpoint() / "state.json"));
  Parameters again = ToyObjective::parameters();
  ASSERT_TRUE(run(again, 0));
  EXPECT_THAT(said_, HasSubstr("going on after step 7 of 23"));
  expect_equal(parameters, again);
}

TEST_F(TrainLoop, RefusesCheckpointsOfOtherRuns) {
  Parameters parameters = ToyObjective::parameters();
  ASSERT_TRUE(run(parameters, 2));
  options_.fingerprint = "two";
  const auto result = run(parameters);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(result.error().message, HasSubstr("another configuration or other data"));
}

TEST_F(TrainLoop, RefusesDamagedCheckpoints) {
  Parameters parameters = ToyObjective::parameters();
  ASSERT_TRUE(run(parameters, 2));
  for (const char* name : {"parameters.safetensors", "moments.safetensors", "state.json"}) {
    const std::string bytes = *read_file(checkpoint() / name);
    ASSERT_TRUE(write_file_atomic(checkpoint() / name, bytes.substr(0, bytes.size() / 2)));
    const auto result = run(parameters);
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().code, ErrorCode::corrupt) << name;
    EXPECT_THAT(result.error().message, HasSubstr(name));
    ASSERT_TRUE(write_file_atomic(checkpoint() / name, bytes));
  }
  std::filesystem::remove(checkpoint() / "moments.safetensors");
  EXPECT_FALSE(run(parameters));
}

TEST_F(TrainLoop, RefusesCheckpointsOfOtherShapes) {
  Parameters parameters = ToyObjective::parameters();
  ASSERT_TRUE(run(parameters, 2));
  Parameters other = ToyObjective::parameters();
  other.add("extra.weight", torch::zeros({2, 2}));
  EXPECT_FALSE(run(other));
}

TEST_F(TrainLoop, KeepsTheBestByItsMetricAndEndsEarly) {
  const std::vector<double> scores = {0.1, 0.9, 0.3, 0.2, 0.8, 0.95};
  std::vector<Parameters> seen;
  evaluate_ = [&](const Parameters& parameters) {
    seen.push_back(parameters.clone());
    return Result<Scores>(Scores{{"score", scores[seen.size() - 1]}});
  };
  options_.evaluate_every = 3;
  options_.stop_metric = "score";
  options_.patience = 2;
  Parameters parameters = ToyObjective::parameters();
  const auto result = run(parameters);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->finished);
  EXPECT_EQ(result->steps, 12u);  // two evaluations after the best
  EXPECT_DOUBLE_EQ(result->best.at("score"), 0.9);
  expect_equal(parameters, seen[1]);

  // The same command once more has nothing left to do.
  Parameters again = ToyObjective::parameters();
  const auto repeated = run(again);
  ASSERT_TRUE(repeated) << repeated.error().message;
  EXPECT_EQ(repeated->steps, 12u);
  EXPECT_EQ(seen.size(), 4u);
  expect_equal(parameters, again);
}

TEST_F(TrainLoop, NothingIsLearntAgainWhereTheLastEvaluationFailed) {
  const auto works = evaluate_;
  evaluate_ = [](const Parameters&) { return Result<Scores>(fail(ErrorCode::io, "no room")); };
  Parameters parameters = ToyObjective::parameters();
  ASSERT_FALSE(run(parameters));
  evaluate_ = works;
  parameters = ToyObjective::parameters();
  const auto again = run(parameters, 0);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->finished);
  EXPECT_EQ(again->steps, 23u);
}

TEST_F(TrainLoop, RefusesAMetricThatIsNotThere) {
  options_.stop_metric = "mean";
  Parameters parameters = ToyObjective::parameters();
  const auto result = run(parameters);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("no score 'mean'"));
}

TEST_F(TrainLoop, GivesUpWhereTheLossIsNotFinite) {
  Parameters parameters = ToyObjective::parameters();
  {
    torch::NoGradGuard guard;
    parameters.at("w.weight")[0][0] = std::numeric_limits<float>::quiet_NaN();
  }
  options_.steps = 100;
  const auto result = run(parameters);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("not finite"));
}

TEST_F(TrainLoop, AveragesTheLastPart) {
  options_.steps = 10;
  options_.average_from = 0.8;  // after steps 8, 9 and 10
  std::vector<Parameters> seen;
  options_.folder.clear();
  Parameters averaged = ToyObjective::parameters();
  ASSERT_TRUE(run(averaged));
  options_.average_from = 1;
  options_.evaluate_every = 1;
  evaluate_ = [&](const Parameters& parameters) {
    seen.push_back(parameters.clone());
    return Result<Scores>(Scores{});
  };
  Parameters plain = ToyObjective::parameters();
  ASSERT_TRUE(run(plain));
  ASSERT_EQ(seen.size(), 10u);
  const auto weight = [&](std::size_t step) { return seen[step - 1].at("w.weight").detach(); };
  const torch::Tensor mean = (weight(8) + weight(9) + weight(10)) / 3;
  EXPECT_TRUE(torch::allclose(averaged.at("w.weight"), mean, 1e-5, 1e-6));
}

}  // namespace
}  // namespace tenor::learn
