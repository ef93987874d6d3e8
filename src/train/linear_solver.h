// One-against-rest linear classifiers by liblinear.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "train/sparse_matrix.h"

namespace tenor::train {

enum class LinearKind {
  logistic_regression,  // L2-regularised logistic loss (Yu, Huang, Lin 2011)
  linear_svm,           // L2-regularised squared hinge loss (Hsieh et al. 2008)
};

// The experts of a bundle, in the order of their columns.
inline constexpr LinearKind kLinearKinds[] = {LinearKind::logistic_regression, LinearKind::linear_svm};

const char* to_string(LinearKind kind);

// What one binary problem is made of: rows of the matrix, each in `copies[i]` exact copies. Copies are how rows are
// weighted: liblinear knows only weights of classes, and k copies at cost C are one row at cost k C.
struct BinaryProblem {
  std::vector<std::uint32_t> rows;
  std::vector<std::int8_t> labels;    // +1 or -1
  std::vector<std::uint16_t> copies;  // 0: left out
};

// Scales features by how differently they occur on the two sides before the problem is solved (NB-SVM, Wang and
// Manning 2012, with its interpolation): factor = mix + (1 - mix) |ln((p / |p|) / (q / |q|))| ^ exponent, where p and q
// are smoothing + the rows of either side that hold the feature.
struct NaiveBayesScaling {
  double smoothing = 1;
  double mix = 1;  // 1: no scaling
  double exponent = 1;
};

struct SolverOptions {
  LinearKind kind = LinearKind::logistic_regression;
  double cost = 1;  // liblinear's C, of one copy
  double tolerance = 0.1;
  double positive_weight = 1;  // factor of the cost of rows labelled +1
  double negative_weight = 1;
  std::uint32_t seed = 1;
  NaiveBayesScaling scaling = {};
};

struct BinaryModel {
  std::vector<float> weights;  // [columns]
  float bias = 0;
};

// Holds the matrix, which must outlive it, once more in liblinear's layout (16 bytes a value). liblinear draws from the
// process's rand(): the same seed gives the same model as long as no other thread draws from it; so one solver at a
// time.
class LinearSolver {
 public:
  explicit LinearSolver(const SparseMatrix& matrix);
  ~LinearSolver();
  LinearSolver(const LinearSolver&) = delete;
  LinearSolver& operator=(const LinearSolver&) = delete;

  // Error: invalid_argument where a class has no row, or the options are refused by liblinear.
  Result<BinaryModel> solve(const BinaryProblem& problem, const SolverOptions& options) const;

 private:
  struct Nodes;
  void scale(std::span<const float> factors) const;

  const SparseMatrix& matrix_;
  std::unique_ptr<Nodes> nodes_;
};

// Copies that stand for real weights: on average `resolution` copies a row of weight 1, the rounding error carried from
// row to row so that every stretch of rows gets its due.
std::vector<std::uint16_t> copies_for_weights(std::span<const double> weights, double resolution);

}  // namespace tenor::train
