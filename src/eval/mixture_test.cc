#include "eval/mixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace tenor::eval {
namespace {

// Rows of three classes whose true probabilities are known; `experts` turn those into what an expert says.
struct Rows {
  std::vector<float> probabilities;
  std::vector<std::int8_t> gold;
};

template <class... Experts>
Rows rows_of(std::size_t count, Experts... experts) {
  Random random(7);
  Rows out;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<double> truth(3);
    double sum = 0;
    for (double& p : truth) sum += p = std::exp(3 * random.uniform());
    for (double& p : truth) p /= sum;
    const double draw = random.uniform();
    out.gold.push_back(draw < truth[0] ? 0 : draw < truth[0] + truth[1] ? 1 : 2);
    const auto add = [&](auto expert) {
      const std::vector<double> said = expert(truth, random);
      out.probabilities.insert(out.probabilities.end(), said.begin(), said.end());
    };
    (add(experts), ...);
  }
  return out;
}

std::vector<double> knows(const std::vector<double>& truth, Random&) {
  return truth;
}
std::vector<double> guesses(const std::vector<double>&, Random& random) {
  const double p = random.uniform(), q = (1 - p) * random.uniform();
  return {p, q, 1 - p - q};
}
std::vector<double> too_sure(const std::vector<double>& truth, Random&) {
  double sum = 0;
  std::vector<double> out;
  for (const double p : truth) out.push_back(p * p);
  for (const double p : out) sum += p;
  for (double& p : out) p /= sum;
  return out;
}

MixtureData data_of(const Rows& rows, std::size_t experts) {
  MixtureData data;
  data.experts = experts;
  data.classes = 3;
  data.probabilities = rows.probabilities;
  data.gold = rows.gold;
  return data;
}

TEST(MixtureTest, TheExpertThatKnowsCounts) {
  const Rows rows = rows_of(4000, knows, guesses);
  const auto mixture = fit_mixture(data_of(rows, 2), {});
  ASSERT_TRUE(mixture) << mixture.error().message;
  EXPECT_GT(mixture->weights[0], 0.97);
  EXPECT_NEAR(mixture->weights[0] + mixture->weights[1], 1, 1e-9);
  EXPECT_NEAR(mixture->temperature, 1, 0.1);
}

TEST(MixtureTest, TemperatureUndoesOverconfidence) {
  const Rows rows = rows_of(4000, too_sure);
  const auto mixture = fit_mixture(data_of(rows, 1), {});
  ASSERT_TRUE(mixture);
  EXPECT_NEAR(mixture->temperature, 2, 0.2);
  EXPECT_EQ(mixture->weights, std::vector<double>{1});
}

TEST(MixtureTest, FindsTheLeastLossOfAGrid) {
  const Rows rows = rows_of(300, knows, too_sure, guesses);
  const MixtureData data = data_of(rows, 3);
  const auto mixture = fit_mixture(data, {});
  ASSERT_TRUE(mixture);
  const double found = mixture_loss(*mixture, data);
  for (double a = 0; a <= 1; a += 0.1) {
    for (double b = 0; a + b <= 1; b += 0.1) {
      for (const double t : {0.5, 0.8, 1.0, 1.25, 2.0}) {
        EXPECT_LE(found, mixture_loss({{a, b, 1 - a - b}, t}, data) + 1e-6) << a << " " << b << " " << t;
      }
    }
  }
}

TEST(MixtureTest, APriorHoldsFewRows) {
  const Rows rows = rows_of(20, guesses, knows);
  const MixturePrior prior{{{0.8, 0.2}, 1.5}, 1e6};
  const auto held = fit_mixture(data_of(rows, 2), prior);
  ASSERT_TRUE(held);
  EXPECT_NEAR(held->weights[0], 0.8, 1e-3);
  EXPECT_NEAR(held->temperature, 1.5, 1e-2);
  const Rows many = rows_of(4000, guesses, knows);
  const auto learned = fit_mixture(data_of(many, 2), {prior.center, 10});
  ASSERT_TRUE(learned);
  EXPECT_LT(learned->weights[0], 0.1) << "rows speak louder than a weak prior";
}

TEST(MixtureTest, MaskedClassesAndUnlabelledRowsAreLeftOut) {
  // The first expert is right of positive against negative, and silly about neutral, which two-class rows do not know.
  const std::vector<float> p = {0.1f,       0.8f, 0.1f,  /**/ 0.3f, 0.1f, 0.6f,
                                /**/ 0.09f, 0.9f, 0.01f, /**/ 0.3f, 0.4f, 0.3f};
  const std::vector<std::int8_t> gold = {-1, 0};
  const std::vector<std::uint8_t> two_class = {1, 1};
  MixtureData data{2, 3, p, gold, two_class, {}, 1};
  EXPECT_NEAR(mixture_loss({{1, 0}, 1}, data), -std::log(0.9), 1e-6);
  EXPECT_NEAR(mixture_loss({{0, 1}, 1}, data), -std::log(0.5), 1e-6);
  const auto mixture = fit_mixture(data, {});
  ASSERT_TRUE(mixture);
  EXPECT_EQ(mixture->weights[1], 0);
}

TEST(MixtureTest, WeightsOfRowsMultiplyThem) {
  const std::vector<float> p = {0.7f, 0.2f, 0.1f, 0.7f, 0.2f, 0.1f};
  const std::vector<std::int8_t> gold = {0, 1};
  const std::vector<float> weights = {3, 1};
  EXPECT_NEAR(mixture_loss({{1}, 1}, {1, 3, p, gold, {}, weights, 1}), -(3 * std::log(0.7) + std::log(0.2)) / 4, 1e-6);
}

TEST(MixtureTest, WhatMakesNoSenseIsRefused) {
  const std::vector<float> p = {0.7f, 0.2f, 0.1f}, odd = {0.7f, std::nanf(""), 0.1f};
  const std::vector<std::int8_t> gold = {1}, none = {-1}, outside = {3};
  const std::vector<std::uint8_t> two_class = {1};
  const auto error = [](const MixtureData& data, const MixturePrior& prior = {}) {
    const auto made = fit_mixture(data, prior);
    return made ? std::string("NO ERROR") : made.error().message;
  };
  using ::testing::HasSubstr;
  EXPECT_EQ(error({1, 3, p, gold, {}, {}, 1}), "NO ERROR");
  EXPECT_THAT(error({2, 3, p, gold, {}, {}, 1}), HasSubstr("expected 6"));
  EXPECT_THAT(error({1, 3, p, none, {}, {}, 1}), HasSubstr("no labelled rows"));
  EXPECT_THAT(error({1, 3, p, outside, {}, {}, 1}), HasSubstr("row 0"));
  EXPECT_THAT(error({1, 3, p, gold, two_class, {}, 1}), HasSubstr("source does not know"));
  EXPECT_THAT(error({1, 3, odd, gold, {}, {}, 1}), HasSubstr("0 to 1"));
  EXPECT_THAT(error({1, 3, p, gold, {}, {}, 1}, {plain_mixture(2), 1}), HasSubstr("prior"));
}

}  // namespace
}  // namespace tenor::eval
