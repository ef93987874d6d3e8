#include "train/int8_rows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/bf16.h"
#include "train/linear_margins.h"
#include "train/test_support.h"

namespace tenor::train {
namespace {

using testing::matrix_of;

constexpr std::size_t kFeatures = 60;
constexpr std::size_t kColumns = 4;

std::vector<float> random_weights(std::uint64_t seed) {
  Random random(seed);
  std::vector<float> weights(kFeatures * kColumns);
  for (std::size_t f = 0; f < kFeatures; ++f) {
    const double size = std::pow(10.0, random.uniform() * 4 - 3);
    for (std::size_t c = 0; c < kColumns; ++c) {
      weights[f * kColumns + c] = static_cast<float>((random.uniform() - 0.5) * size);
    }
  }
  return weights;
}

SparseMatrix random_texts(std::uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<std::pair<std::uint32_t, float>>> rows;
  for (int r = 0; r < 200; ++r) {
    std::vector<std::pair<std::uint32_t, float>> row;
    for (std::uint32_t f = 0; f < kFeatures; ++f) {
      if (random.below(4) == 0) row.emplace_back(f, static_cast<float>(0.1 + random.uniform()));
    }
    rows.push_back(row);
  }
  return matrix_of(rows, kFeatures);
}

double step_of(const Int8Rows& rows, std::size_t feature) {
  return static_cast<double>(bf16_to_float(rows.scales[feature]));
}

double squared_margin_error(const Int8Rows& rounded, const std::vector<float>& weights, const SparseMatrix& texts) {
  double sum = 0;
  for (std::size_t r = 0; r < texts.rows(); ++r) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      double error = 0;
      for (std::size_t i = 0; i < texts.row_ids(r).size(); ++i) {
        const std::size_t f = texts.row_ids(r)[i];
        error += static_cast<double>(texts.row_values(r)[i]) * (step_of(rounded, f) * rounded.values[f * kColumns + c] -
                                                                static_cast<double>(weights[f * kColumns + c]));
      }
      sum += error * error;
    }
  }
  return sum;
}

TEST(RoundRowsTest, WithoutTextsEveryWeightGoesToTheNearestStep) {
  const std::vector<float> weights = random_weights(1);
  const Int8Rows rounded = round_rows(weights, kColumns, matrix_of({}, kFeatures));
  ASSERT_EQ(rounded.values.size(), weights.size());
  ASSERT_EQ(rounded.scales.size(), kFeatures);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double step = step_of(rounded, i / kColumns);
    // The scale itself is rounded to 8 bits, so that the largest weight of a row may lie half a step beyond 127.
    EXPECT_LE(std::abs(step * rounded.values[i] - static_cast<double>(weights[i])), 0.51 * step);
    EXPECT_GE(rounded.values[i], -127);
  }
}

TEST(RoundRowsTest, TheLargestWeightOfARowFillsTheRange) {
  const std::vector<float> weights = {1, -2, 0.5f, 0, /**/ 0.001f, 0.002f, -0.004f, 0};
  const Int8Rows rounded = round_rows(weights, 4, matrix_of({}, 2));
  EXPECT_EQ(rounded.values[1], -127);
  EXPECT_EQ(rounded.values[3], 0);
  EXPECT_EQ(rounded.values[6], -127);
}

TEST(RoundRowsTest, NeverMovesMarginsMoreThanNearestRoundingDoes) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::vector<float> weights = random_weights(seed);
    const SparseMatrix texts = random_texts(seed + 100);
    const Int8Rows nearest = round_rows(weights, kColumns, matrix_of({}, kFeatures));
    const Int8Rows adapted = round_rows(weights, kColumns, texts);
    EXPECT_EQ(nearest.scales, adapted.scales);
    EXPECT_LT(squared_margin_error(adapted, weights, texts), squared_margin_error(nearest, weights, texts));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double step = step_of(adapted, i / kColumns);
      EXPECT_LE(std::abs(step * adapted.values[i] - static_cast<double>(weights[i])), 1.001 * step);
    }
  }
}

TEST(RoundRowsTest, AFeatureWithoutWeightStaysWithout) {
  std::vector<float> weights = random_weights(3);
  for (std::size_t c = 0; c < kColumns; ++c) weights[7 * kColumns + c] = 0;
  const Int8Rows rounded = round_rows(weights, kColumns, random_texts(3));
  for (std::size_t c = 0; c < kColumns; ++c) EXPECT_EQ(rounded.values[7 * kColumns + c], 0);
}

TEST(RoundRowsTest, IsTheSameEveryTime) {
  const Int8Rows a = round_rows(random_weights(4), kColumns, random_texts(4));
  const Int8Rows b = round_rows(random_weights(4), kColumns, random_texts(4));
  EXPECT_EQ(a.values, b.values);
  EXPECT_EQ(a.scales, b.scales);
  EXPECT_TRUE(round_rows({}, kColumns, matrix_of({{}, {}}, 0)).values.empty());
}

TEST(EvenColumnsTest, BringsColumnsToOneSizeAndKeepsTheirDirections) {
  std::vector<float> weights = random_weights(5);
  for (std::size_t i = 1; i < weights.size(); i += kColumns) weights[i] *= 1000;
  for (std::size_t i = 2; i < weights.size(); i += kColumns) weights[i] = 0;
  std::vector<float> bias = {1, -2, 3, 0.5f};
  const std::vector<float> before = weights;
  even_columns(weights, bias);
  for (std::size_t c = 0; c < kColumns; ++c) {
    if (c == 2) continue;
    double squares = 0, factor = 0;
    for (std::size_t i = c; i < weights.size(); i += kColumns) {
      squares += static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
      if (before[i] != 0) factor = static_cast<double>(weights[i]) / static_cast<double>(before[i]);
    }
    EXPECT_NEAR(std::sqrt(squares / kFeatures), 1, 1e-4) << c;
    const double old_bias[] = {1, -2, 3, 0.5};
    EXPECT_NEAR(bias[c], old_bias[c] * factor, 1e-4 * std::abs(old_bias[c] * factor)) << c;
  }
  EXPECT_EQ(weights[2], 0) << "a column without weights stays";
  EXPECT_EQ(bias[2], 3);
}

TEST(MarginsTest, OfRoundedAndExactWeights) {
  const std::vector<float> weights = random_weights(6);
  const SparseMatrix texts = random_texts(6);
  const std::vector<float> bias = {1, 2, 3, 4};
  const std::vector<float> exact = margins_of(texts, weights, bias);
  const Int8Rows rounded = round_rows(weights, kColumns, texts);
  const std::vector<float> near = margins_of(texts, rounded, bias);
  ASSERT_EQ(exact.size(), texts.rows() * kColumns);
  double error = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    error += std::pow(static_cast<double>(exact[i]) - static_cast<double>(near[i]), 2);
  }
  EXPECT_NEAR(error, squared_margin_error(rounded, weights, texts), 1e-3);
  EXPECT_EQ(margins_of(matrix_of({{}}, kFeatures), weights, bias), bias) << "a text without features";
}

TEST(ColumnLayoutTest, ExpertsThenTasksThenLabels) {
  const ColumnLayout layout({{"overall", {0, 1, 2}}, {"food", {0, 2}}});
  EXPECT_EQ(layout.experts, 2u);
  EXPECT_EQ(layout.outputs, 5u);
  EXPECT_EQ(layout.columns(), 10u);
  EXPECT_EQ(layout.column(0, 1), 3u);
  EXPECT_EQ(layout.column(1, 1), 8u);
  std::vector<float> margins(20);
  for (std::size_t i = 0; i < margins.size(); ++i) margins[i] = static_cast<float>(i);
  EXPECT_EQ(margins_of_task(margins, layout, 1, 1), (std::vector<float>{8, 9, 18, 19}));
}

}  // namespace
}  // namespace tenor::train
