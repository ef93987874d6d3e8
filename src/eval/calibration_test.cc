#include "eval/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "eval/calibration_model.h"

namespace tenor::eval {
namespace {

// Rows whose gold is drawn from the probabilities that `truth` gives to random margins.
struct Drawn {
  std::vector<float> margins;
  std::vector<std::int8_t> gold;

  CalibrationData data(std::size_t classes) const {
    CalibrationData view;
    view.classes = classes;
    view.margins = margins;
    view.gold = gold;
    return view;
  }
};

Drawn draw(const Calibration& truth, std::size_t rows, std::uint64_t seed) {
  const std::size_t classes = truth.scale.size();
  Random random(seed);
  Drawn drawn;
  std::vector<float> p(classes);
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<float> z(classes);
    for (float& value : z) value = static_cast<float>(4 * random.uniform() - 2);
    apply_calibration(truth, z, p);
    double place = random.uniform();
    std::size_t c = 0;
    while (c + 1 < classes && place >= p[c]) place -= p[c++];
    drawn.margins.insert(drawn.margins.end(), z.begin(), z.end());
    drawn.gold.push_back(static_cast<std::int8_t>(c));
  }
  return drawn;
}

TEST(CalibrationTest, AppliesEveryForm) {
  const std::vector<float> z = {1, 0, -1};
  std::vector<float> p(3);
  const auto expect = [&](double a, double b, double c) {
    const double sum = a + b + c;
    EXPECT_NEAR(p[0], a / sum, 1e-6);
    EXPECT_NEAR(p[1], b / sum, 1e-6);
    EXPECT_NEAR(p[2], c / sum, 1e-6);
  };
  apply_calibration({CalibrationForm::temperature, {2, 2, 2}, {0, 0, 0}}, z, p);
  expect(std::exp(2), 1, std::exp(-2));
  apply_calibration({CalibrationForm::vector, {2, 1, 1}, {0, 0.5, 0}}, z, p);
  expect(std::exp(2), std::exp(0.5), std::exp(-1));
  apply_calibration({CalibrationForm::platt, {1, 1, 3}, {0, 0, 1}}, z, p);
  expect(1 / (1 + std::exp(-1)), 0.5, 1 / (1 + std::exp(2)));
}

TEST(CalibrationTest, ExtremeMarginsGiveFiniteProbabilities) {
  std::vector<float> p = {3e38F, -3e38F, 0};
  for (const CalibrationForm form : {CalibrationForm::temperature, CalibrationForm::shifted_temperature,
                                     CalibrationForm::vector, CalibrationForm::platt}) {
    p = {3e38F, -3e38F, 0};
    apply_calibration({form, {1, 1, 1}, {0, 0, 0}}, p, p);
    EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-6);
    EXPECT_EQ(p[1], 0);
  }
}

TEST(CalibrationTest, TemperatureIsRecovered) {
  const Calibration truth{CalibrationForm::temperature, {2.5, 2.5, 2.5}, {0, 0, 0}};
  const Drawn drawn = draw(truth, 20000, 1);
  const auto fitted = fit_calibration(drawn.data(3), CalibrationForm::temperature, 1e-3);
  ASSERT_TRUE(fitted) << fitted.error().message;
  EXPECT_NEAR(fitted->scale[0], 2.5, 0.08);
  EXPECT_EQ(fitted->scale[0], fitted->scale[2]);
  EXPECT_EQ(fitted->offset[1], 0);
}

TEST(CalibrationTest, VectorScalingIsRecovered) {
  const Calibration truth{CalibrationForm::vector, {2, 1, 1.5}, {0.5, -1, 0.5}};
  const Drawn drawn = draw(truth, 40000, 2);
  const auto fitted = fit_calibration(drawn.data(3), CalibrationForm::vector, 1e-3);
  ASSERT_TRUE(fitted);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(fitted->scale[c], truth.scale[c], 0.08);
  // Offsets are known up to a common shift only.
  EXPECT_NEAR(fitted->offset[0] - fitted->offset[1], 1.5, 0.08);
  EXPECT_NEAR(fitted->offset[0] - fitted->offset[2], 0, 0.08);
}

TEST(CalibrationTest, PlattPredictsAsTheTruthDoes) {
  const Calibration truth{CalibrationForm::platt, {3, 1.5, 2}, {-1, 0.5, 0}};
  const Drawn drawn = draw(truth, 40000, 3);
  const auto fitted = fit_calibration(drawn.data(3), CalibrationForm::platt, 1e-3);
  ASSERT_TRUE(fitted);
  std::vector<float> expected(drawn.margins.size());
  std::vector<float> found(drawn.margins.size());
  apply_calibration(truth, drawn.margins, expected);
  apply_calibration(*fitted, drawn.margins, found);
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], 0.04);
}

TEST(CalibrationTest, EveryFormLowersTheLossAndSettlesInItsMinimum) {
  const Drawn drawn = draw({CalibrationForm::vector, {3, 0.5, 2}, {0, -1, 1}}, 3000, 4);
  const CalibrationData data = drawn.data(3);
  for (const CalibrationForm form : {CalibrationForm::temperature, CalibrationForm::shifted_temperature,
                                     CalibrationForm::vector, CalibrationForm::platt}) {
    const auto fitted = fit_calibration(data, form, 1e-6);
    ASSERT_TRUE(fitted);
    const double loss = calibration_loss(*fitted, data);
    EXPECT_LT(loss, calibration_loss({form, {1, 1, 1}, {0, 0, 0}}, data));
    for (std::size_t c = 0; c < 3 && form != CalibrationForm::temperature; ++c) {
      for (const double step : {-0.01, 0.01}) {
        Calibration moved = *fitted;
        const bool shared = form == CalibrationForm::shifted_temperature;
        for (std::size_t s = 0; s < 3; ++s) moved.scale[s] += shared || s == c ? step : 0;
        EXPECT_GT(calibration_loss(moved, data), loss) << to_string(form) << " scale " << c;
        moved = *fitted;
        moved.offset[c] += step;
        EXPECT_GT(calibration_loss(moved, data), loss - 1e-9) << to_string(form) << " offset " << c;
      }
    }
  }
}

// Rows of sources without a neutral class say how positive stands to negative, and nothing about neutral.
TEST(CalibrationTest, TwoClassRowsLeaveTheMaskedClassAlone) {
  const Calibration truth{CalibrationForm::vector, {2, 1, 1.5}, {0.5, 0, -0.5}};
  Drawn drawn = draw(truth, 60000, 5);
  std::vector<std::uint8_t> two_class(drawn.gold.size(), 0);
  std::vector<std::int8_t> gold = drawn.gold;
  // A third of the rows come from two-class sources, which drop their neutral rows.
  for (std::size_t i = 0; i < gold.size(); i += 3) {
    two_class[i] = 1;
    if (gold[i] == 1) gold[i] = -1;
  }
  CalibrationData data = drawn.data(3);
  data.gold = gold;
  data.two_class = two_class;
  const auto masked = fit_calibration(data, CalibrationForm::vector, 1e-3);
  ASSERT_TRUE(masked);
  EXPECT_NEAR(masked->offset[0] - masked->offset[1], 0.5, 0.08);
  EXPECT_NEAR(masked->scale[1], 1, 0.08);
  data.two_class = {};
  const auto naive = fit_calibration(data, CalibrationForm::vector, 1e-3);
  EXPECT_GT(naive->offset[0] - naive->offset[1], 0.7) << "without the mask neutral comes out too rare";
}

TEST(CalibrationTest, OnlyTwoClassRowsKeepTheMaskedClassWhereItWas) {
  Drawn drawn = draw({CalibrationForm::vector, {2, 1, 2}, {0, -20, 0}}, 2000, 6);
  const std::vector<std::uint8_t> two_class(drawn.gold.size(), 1);
  CalibrationData data = drawn.data(3);
  data.two_class = two_class;
  const auto fitted = fit_calibration(data, CalibrationForm::vector, 1e-3);
  ASSERT_TRUE(fitted) << fitted.error().message;
  EXPECT_EQ(fitted->scale[1], 1);
  EXPECT_EQ(fitted->offset[1], 0);
  EXPECT_NEAR(fitted->scale[0], 2, 0.3);
}

TEST(CalibrationTest, SeparableDataStaysFinite) {
  const std::vector<float> margins = {1, -1, -1, 1, 2, -2, -2, 2};
  const std::vector<std::int8_t> gold = {0, 1, 0, 1};
  CalibrationData data;
  data.classes = 2;
  data.margins = margins;
  data.gold = gold;
  for (const CalibrationForm form : {CalibrationForm::temperature, CalibrationForm::shifted_temperature,
                                     CalibrationForm::vector, CalibrationForm::platt}) {
    for (const double l2 : {0.0, 1e-3, 1.0}) {
      const auto fitted = fit_calibration(data, form, l2);
      ASSERT_TRUE(fitted);
      EXPECT_TRUE(std::isfinite(fitted->scale[0]));
      EXPECT_TRUE(std::isfinite(calibration_loss(*fitted, data)));
    }
  }
}

TEST(CalibrationTest, WeightsCountRowsAsOften) {
  const Drawn drawn = draw({CalibrationForm::temperature, {2, 2}, {0, 0}}, 500, 7);
  Drawn twice = drawn;
  twice.margins.insert(twice.margins.end(), drawn.margins.begin(), drawn.margins.begin() + 200);
  twice.gold.insert(twice.gold.end(), drawn.gold.begin(), drawn.gold.begin() + 100);
  std::vector<float> weights(500, 1.0F);
  std::fill_n(weights.begin(), 100, 2.0F);
  CalibrationData weighted = drawn.data(2);
  weighted.weights = weights;
  const auto a = fit_calibration(weighted, CalibrationForm::temperature, 0.1);
  const auto b = fit_calibration(twice.data(2), CalibrationForm::temperature, 0.1);
  EXPECT_NEAR(a->scale[0], b->scale[0], 1e-6);
}

TEST(CalibrationTest, RefusesBadData) {
  const std::vector<float> margins = {1, 0, 0, 0, 1, 0};
  const std::vector<float> infinite = {1, 0, 0, 0, INFINITY, 0};
  const std::vector<std::int8_t> gold = {0, 1};
  const std::vector<std::int8_t> outside = {0, 3};
  const std::vector<std::int8_t> none = {-1, -1};
  const std::vector<std::uint8_t> two_class = {1, 1};
  const auto refused = [](const CalibrationData& data) {
    const auto fitted = fit_calibration(data, CalibrationForm::vector, 1e-3);
    return !fitted && fitted.error().code == ErrorCode::invalid_argument;
  };
  CalibrationData data;
  data.classes = 3;
  data.margins = margins;
  data.gold = gold;
  EXPECT_FALSE(refused(data));
  data.two_class = two_class;
  EXPECT_TRUE(refused(data)) << "gold neutral from a source without neutral";
  data.two_class = {};
  for (const auto& labels : {outside, none}) {
    data.gold = labels;
    EXPECT_TRUE(refused(data));
  }
  data.gold = gold;
  data.margins = infinite;
  EXPECT_TRUE(refused(data));
  data.margins = std::span(margins).first(5);
  EXPECT_TRUE(refused(data));
  EXPECT_FALSE(fit_calibration(CalibrationData(), CalibrationForm::platt, 0));
}

TEST(CalibrationModelTest, DerivativesMatchDifferences) {
  const std::vector<float> z = {0.7F, -1.2F, 2.0F};
  for (const CalibrationForm form : {CalibrationForm::temperature, CalibrationForm::shifted_temperature,
                                     CalibrationForm::vector, CalibrationForm::platt}) {
    const CalibrationModel model(form, 3);
    std::vector<double> at = model.neutral_parameters();
    for (std::size_t j = 0; j < at.size(); ++j) at[j] += 0.1 * static_cast<double>(j + 1);
    std::vector<double> slopes(3 * at.size());
    model.derivatives(at, z, slopes);
    for (std::size_t j = 0; j < at.size(); ++j) {
      std::vector<double> up(3);
      std::vector<double> down(3);
      std::vector<double> moved = at;
      moved[j] = at[j] + 1e-5;
      model.log_weights(moved, z, up);
      moved[j] = at[j] - 1e-5;
      model.log_weights(moved, z, down);
      for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_NEAR(slopes[c * at.size() + j], (up[c] - down[c]) / 2e-5, 1e-6) << to_string(form);
      }
    }
  }
}

TEST(CalibrationModelTest, SolvesPositiveDefiniteSystemsOnly) {
  const auto x = solve_positive_definite({4, 2, 2, 3}, {10, 9});
  ASSERT_EQ(x.size(), 2U);
  EXPECT_NEAR(x[0], 1.5, 1e-12);
  EXPECT_NEAR(x[1], 2, 1e-12);
  EXPECT_TRUE(solve_positive_definite({1, 2, 2, 1}, {1, 1}).empty());
}

TEST(IsotonicTest, PoolsViolators) {
  const std::vector<double> scores = {1, 2, 3, 4, 5};
  const std::vector<double> targets = {0, 1, 0, 1, 1};
  const auto f = fit_isotonic(scores, targets, {});
  ASSERT_TRUE(f);
  EXPECT_EQ((*f)(0), 0) << "below all steps";
  EXPECT_EQ((*f)(1.9), 0);
  EXPECT_EQ((*f)(2), 0.5);
  EXPECT_EQ((*f)(3.5), 0.5);
  EXPECT_EQ((*f)(4), 1);
  EXPECT_EQ((*f)(9), 1);
  EXPECT_EQ(f->scores.size(), 3U);
}

TEST(IsotonicTest, WeightsAndTies) {
  const std::vector<double> scores = {2, 1, 2};
  const std::vector<double> targets = {0, 0.5, 1};
  const std::vector<double> weights = {3, 1, 1};
  const auto f = fit_isotonic(scores, targets, weights);
  ASSERT_TRUE(f);
  EXPECT_DOUBLE_EQ((*f)(1), (0.5 + 1) / 5) << "the tie at 2 has mean 1/4, below 1/2: pooled with it";
  EXPECT_EQ(f->scores.size(), 1U);
}

TEST(IsotonicTest, IsTheBestNonDecreasingFit) {
  Random random(9);
  std::vector<double> scores;
  std::vector<double> targets;
  for (int i = 0; i < 300; ++i) {
    scores.push_back(random.uniform());
    targets.push_back(random.uniform() < scores.back() ? 1 : 0);
  }
  const auto f = fit_isotonic(scores, targets, {});
  double sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) sum += targets[i] - (*f)(scores[i]);
  EXPECT_NEAR(sum, 0, 1e-9) << "the mean is kept";
  EXPECT_TRUE(std::is_sorted(f->values.begin(), f->values.end()));
  EXPECT_NEAR((*f)(0.5), 0.5, 0.2);
}

TEST(IsotonicTest, RefusesBadDataAndAcceptsNone) {
  const std::vector<double> one = {1};
  const std::vector<double> zero = {0};
  const std::vector<double> nan = {std::nan("")};
  EXPECT_FALSE(fit_isotonic(one, {}, {}));
  EXPECT_FALSE(fit_isotonic(one, one, zero));
  EXPECT_FALSE(fit_isotonic(nan, one, {}));
  EXPECT_EQ((*fit_isotonic({}, {}, {}))(3), 0);
}

}  // namespace
}  // namespace tenor::eval
