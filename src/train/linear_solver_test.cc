#include "train/linear_solver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "train/test_support.h"

namespace tenor::train {
namespace {

using testing::matrix_of;

constexpr LinearKind kBoth[] = {LinearKind::logistic_regression, LinearKind::linear_svm};

// Feature 0 marks the positive rows, feature 1 the negative ones, feature 2 is in all of them.
struct Separable {
  Separable() : matrix(matrix_of(some_rows(), 3)) {
    for (std::uint32_t r = 0; r < 20; ++r) {
      problem.rows.push_back(r);
      problem.labels.push_back(r % 2 == 0 ? 1 : -1);
      problem.copies.push_back(1);
    }
  }
  static std::vector<std::vector<std::pair<std::uint32_t, float>>> some_rows() {
    std::vector<std::vector<std::pair<std::uint32_t, float>>> rows;
    for (std::uint32_t r = 0; r < 20; ++r) rows.push_back({{r % 2, 1.0f}, {2, 0.1f * static_cast<float>(r % 5)}});
    return rows;
  }
  SparseMatrix matrix;
  BinaryProblem problem;
};

double margin(const SparseMatrix& matrix, std::size_t row, const BinaryModel& model) {
  double sum = model.bias;
  for (std::size_t i = 0; i < matrix.row_ids(row).size(); ++i) {
    sum += static_cast<double>(matrix.row_values(row)[i]) * model.weights[matrix.row_ids(row)[i]];
  }
  return sum;
}

BinaryModel solved(const SparseMatrix& matrix, const BinaryProblem& problem, const SolverOptions& options) {
  const LinearSolver solver(matrix);
  const auto model = solver.solve(problem, options);
  EXPECT_TRUE(model) << model.error().message;
  return model.value();
}

TEST(LinearSolverTest, SeparatesWhatIsSeparable) {
  const Separable toy;
  for (const LinearKind kind : kBoth) {
    const BinaryModel model = solved(toy.matrix, toy.problem, {.kind = kind, .cost = 10, .tolerance = 0.001});
    ASSERT_EQ(model.weights.size(), 3u);
    EXPECT_GT(model.weights[0], 0.5) << to_string(kind);
    EXPECT_LT(model.weights[1], -0.5) << to_string(kind);
    for (std::size_t r = 0; r < 20; ++r) EXPECT_GT(margin(toy.matrix, r, model) * toy.problem.labels[r], 0.5);
  }
}

// The optimum of one feature x = 1 on both sides (p positive, n negative rows of weight C) has a closed form for the
// squared hinge; here by symmetry: rows +1 with x = 1, rows -1 with x = -1, no need for a bias.
// min w^2/2 + b^2/2 + C m (1 - w)^2 over m rows: w = 2Cm / (1 + 2Cm), b = 0.
TEST(LinearSolverTest, FindsTheOptimumOfTheSquaredHinge) {
  const SparseMatrix matrix = matrix_of({{{0, 1.0f}}, {{0, -1.0f}}, {{0, 1.0f}}, {{0, -1.0f}}}, 1);
  const BinaryProblem problem{{0, 1, 2, 3}, {1, -1, 1, -1}, {1, 1, 1, 1}};
  for (const double cost : {0.05, 0.5, 3.0}) {
    const BinaryModel model =
        solved(matrix, problem, {.kind = LinearKind::linear_svm, .cost = cost, .tolerance = 1e-6});
    EXPECT_NEAR(model.weights[0], 8 * cost / (1 + 8 * cost), 1e-3) << cost;
    EXPECT_NEAR(model.bias, 0, 1e-3);
  }
}

// Logistic loss: at the optimum w = C sum of x (1 - s(w x)) over the rows, with b = 0 by symmetry.
TEST(LinearSolverTest, FindsTheOptimumOfTheLogisticLoss) {
  const SparseMatrix matrix = matrix_of({{{0, 1.0f}}, {{0, -1.0f}}}, 1);
  const BinaryProblem problem{{0, 1}, {1, -1}, {1, 1}};
  const BinaryModel model = solved(matrix, problem, {.cost = 2, .tolerance = 1e-7});
  const double w = model.weights[0];
  EXPECT_NEAR(w, 2 * 2 * (1 - 1 / (1 + std::exp(-w))), 1e-3);
  EXPECT_NEAR(model.bias, 0, 1e-3);
}

TEST(LinearSolverTest, CopiesAreRowsRepeated) {
  const Separable toy;
  BinaryProblem copied = toy.problem;
  std::vector<std::vector<std::pair<std::uint32_t, float>>> rows;
  BinaryProblem repeated;
  for (std::size_t r = 0; r < 20; ++r) {
    copied.copies[r] = static_cast<std::uint16_t>(r % 4);
    for (std::size_t c = 0; c < r % 4; ++c) {
      repeated.rows.push_back(static_cast<std::uint32_t>(rows.size()));
      repeated.labels.push_back(toy.problem.labels[r]);
      repeated.copies.push_back(1);
      rows.push_back(Separable::some_rows()[r]);
    }
  }
  const SparseMatrix longer = matrix_of(rows, 3);
  for (const LinearKind kind : kBoth) {
    const SolverOptions options{.kind = kind, .cost = 0.7};
    const BinaryModel a = solved(toy.matrix, copied, options);
    const BinaryModel b = solved(longer, repeated, options);
    EXPECT_EQ(a.weights, b.weights) << to_string(kind);
    EXPECT_EQ(a.bias, b.bias) << to_string(kind);
  }
}

TEST(LinearSolverTest, KCopiesAreOneRowAtKTimesTheCost) {
  const Separable toy;
  BinaryProblem three = toy.problem;
  std::fill(three.copies.begin(), three.copies.end(), std::uint16_t{3});
  for (const LinearKind kind : kBoth) {
    const BinaryModel a = solved(toy.matrix, three, {.kind = kind, .cost = 0.5, .tolerance = 1e-5});
    const BinaryModel b = solved(toy.matrix, toy.problem, {.kind = kind, .cost = 1.5, .tolerance = 1e-5});
    for (std::size_t f = 0; f < 3; ++f) EXPECT_NEAR(a.weights[f], b.weights[f], 2e-3) << to_string(kind);
  }
}

TEST(LinearSolverTest, RowsOutsideTheProblemDoNotMatter) {
  const Separable toy;
  std::vector<std::vector<std::pair<std::uint32_t, float>>> rows = Separable::some_rows();
  for (int i = 0; i < 10; ++i) rows.insert(rows.begin(), {{0, 5.0f}});
  const SparseMatrix longer = matrix_of(rows, 3);
  BinaryProblem shifted = toy.problem;
  for (std::uint32_t& row : shifted.rows) row += 10;
  BinaryProblem zero_copies = shifted;
  zero_copies.rows.push_back(0);
  zero_copies.labels.push_back(-1);
  zero_copies.copies.push_back(0);
  const BinaryModel model = solved(toy.matrix, toy.problem, {});
  EXPECT_EQ(solved(longer, shifted, {}).weights, model.weights);
  EXPECT_EQ(solved(longer, zero_copies, {}).weights, model.weights) << "no copies: left out";
  EXPECT_EQ(solved(longer, zero_copies, {.scaling = {.mix = 0}}).weights,
            solved(toy.matrix, toy.problem, {.scaling = {.mix = 0}}).weights);
}

// Which label stands in the first row must not turn the model round.
TEST(LinearSolverTest, TheOrderOfLabelsDoesNotMatter) {
  const Separable toy;
  BinaryProblem negative_first;
  for (std::size_t i = 20; i-- > 0;) {
    negative_first.rows.push_back(toy.problem.rows[i]);
    negative_first.labels.push_back(toy.problem.labels[i]);
    negative_first.copies.push_back(1);
  }
  ASSERT_EQ(negative_first.labels[0], -1);
  ASSERT_EQ(toy.problem.labels[0], 1);
  for (const LinearKind kind : kBoth) {
    const SolverOptions options{.kind = kind, .cost = 2, .tolerance = 1e-6};
    const BinaryModel a = solved(toy.matrix, toy.problem, options);
    const BinaryModel b = solved(toy.matrix, negative_first, options);
    for (std::size_t f = 0; f < 3; ++f) EXPECT_NEAR(a.weights[f], b.weights[f], 1e-3) << to_string(kind);
    EXPECT_NEAR(a.bias, b.bias, 1e-3) << to_string(kind);
  }
}

TEST(LinearSolverTest, SideWeightsMoveTheBorder) {
  // The same feature on both sides, three times as often on the negative one.
  const SparseMatrix matrix = matrix_of({{{0, 1.0f}}, {{0, 1.0f}}, {{0, 1.0f}}, {{0, 1.0f}}}, 1);
  const BinaryProblem problem{{0, 1, 2, 3}, {1, -1, -1, -1}, {1, 1, 1, 1}};
  for (const LinearKind kind : kBoth) {
    SolverOptions options{.kind = kind, .cost = 10, .tolerance = 1e-4};
    EXPECT_LT(margin(matrix, 0, solved(matrix, problem, options)), -0.3) << to_string(kind);
    options.positive_weight = 3;
    EXPECT_NEAR(margin(matrix, 0, solved(matrix, problem, options)), 0, 0.02) << to_string(kind) << ": balanced";
    options.positive_weight = 30;
    EXPECT_GT(margin(matrix, 0, solved(matrix, problem, options)), 0.3) << to_string(kind);
  }
}

TEST(LinearSolverTest, AClassWithoutRowsIsAnError) {
  const Separable toy;
  const LinearSolver solver(toy.matrix);
  BinaryProblem one_sided = toy.problem;
  for (std::size_t i = 0; i < 20; ++i) one_sided.copies[i] = one_sided.labels[i] > 0 ? 1 : 0;
  for (const BinaryProblem& problem : {one_sided, BinaryProblem{}}) {
    const auto model = solver.solve(problem, {});
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::invalid_argument);
  }
}

TEST(LinearSolverTest, WhatLiblinearRefusesIsAnError) {
  const Separable toy;
  const LinearSolver solver(toy.matrix);
  EXPECT_FALSE(solver.solve(toy.problem, {.cost = 0}));
  EXPECT_FALSE(solver.solve(toy.problem, {.tolerance = -1}));
}

TEST(LinearSolverTest, TheSameSeedGivesTheSameModel) {
  const Separable toy;
  const LinearSolver solver(toy.matrix);
  for (const LinearKind kind : kBoth) {
    const BinaryModel first = solver.solve(toy.problem, {.kind = kind, .seed = 3}).value();
    (void)solver.solve(toy.problem, {.kind = kind, .cost = 9, .seed = 77, .scaling = {.mix = 0}}).value();
    const BinaryModel again = solver.solve(toy.problem, {.kind = kind, .seed = 3}).value();
    EXPECT_EQ(first.weights, again.weights);
    EXPECT_EQ(first.bias, again.bias);
  }
}

// Six rows: feature 0 in 3 of 3 positive and 0 of 3 negative rows, feature 1 in 1 and 1, feature 2 in 0 and 2. With one
// row of smoothing the ratios are (4/4)/(1/4) = 4, (2/4)/(2/4) = 1 and (1/4)/(3/4) = 1/3. Scaling by r and solving is
// solving the scaled matrix and multiplying the weights by r.
TEST(NaiveBayesScalingTest, IsSolvingTheScaledMatrix) {
  const std::vector<std::vector<std::pair<std::uint32_t, float>>> rows = {
      {{0, 1.0f}}, {{0, 0.5f}, {1, 1.0f}}, {{0, 2.0f}}, {{1, 1.0f}, {2, 1.0f}}, {{2, 0.5f}}, {}};
  const BinaryProblem problem{{0, 1, 2, 3, 4, 5}, {1, 1, 1, -1, -1, -1}, {1, 1, 1, 1, 1, 1}};
  for (const auto& [mix, exponent] : {std::pair{0.0, 1.0}, std::pair{0.25, 1.0}, std::pair{0.25, 2.0}}) {
    const double logs[] = {std::log(4.0), 0.0, std::log(3.0)};
    std::vector<float> factors;
    for (const double log : logs) factors.push_back(static_cast<float>(mix + (1 - mix) * std::pow(log, exponent)));
    auto scaled = rows;
    for (auto& row : scaled) {
      for (auto& [id, value] : row) value *= factors[id];
    }
    const SolverOptions plain{.cost = 2, .tolerance = 1e-6};
    SolverOptions scaling = plain;
    scaling.scaling = {.smoothing = 1, .mix = mix, .exponent = exponent};
    const BinaryModel expected = solved(matrix_of(scaled, 3), problem, plain);
    const BinaryModel found = solved(matrix_of(rows, 3), problem, scaling);
    for (std::size_t f = 0; f < 3; ++f) EXPECT_NEAR(found.weights[f], expected.weights[f] * factors[f], 1e-4) << f;
    EXPECT_NEAR(found.bias, expected.bias, 1e-4);
    if (mix == 0) {
      EXPECT_EQ(found.weights[1], 0) << "a feature that tells nothing";
    }
  }
}

TEST(CopiesForWeightsTest, EveryStretchGetsItsDue) {
  const std::vector<double> weights(1000, 0.3);
  const auto copies = copies_for_weights(weights, 1);
  EXPECT_EQ(std::accumulate(copies.begin(), copies.end(), 0), 300);
  EXPECT_EQ(std::accumulate(copies.begin(), copies.begin() + 100, 0), 30);
  EXPECT_LE(*std::max_element(copies.begin(), copies.end()), 1);
  EXPECT_EQ(copies_for_weights(std::vector<double>{1, 1, 1}, 1), (std::vector<std::uint16_t>{1, 1, 1}));
  EXPECT_EQ(copies_for_weights(std::vector<double>{1, 0, 2}, 2), (std::vector<std::uint16_t>{2, 0, 4}));
  EXPECT_TRUE(copies_for_weights({}, 1).empty());
  const auto many = copies_for_weights(std::vector<double>{1e9, 0}, 1);
  EXPECT_EQ(many[0], 65535) << "the most there can be";
}

TEST(LinearKindTest, Names) {
  EXPECT_STREQ(to_string(LinearKind::logistic_regression), "logistic_regression");
  EXPECT_STREQ(to_string(LinearKind::linear_svm), "linear_svm");
}

}  // namespace
}  // namespace tenor::train
