#include "train/linear_solver.h"

#include <linear.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace tenor::train {

const char* to_string(LinearKind kind) {
  return kind == LinearKind::linear_svm ? "linear_svm" : "logistic_regression";
}

struct LinearSolver::Nodes {
  std::vector<feature_node> values;
  std::vector<std::size_t> offsets;
};

namespace {

std::vector<float> naive_bayes_factors(const SparseMatrix& matrix, const BinaryProblem& problem,
                                       const NaiveBayesScaling& scaling) {
  std::vector<double> rows_with[2] = {std::vector<double>(matrix.columns, scaling.smoothing),
                                      std::vector<double>(matrix.columns, scaling.smoothing)};
  double rows[2] = {scaling.smoothing, scaling.smoothing};
  for (std::size_t i = 0; i < problem.rows.size(); ++i) {
    if (problem.copies[i] == 0) continue;
    const std::size_t side = problem.labels[i] > 0 ? 1 : 0;
    rows[side] += 1;
    for (const std::uint32_t id : matrix.row_ids(problem.rows[i])) rows_with[side][id] += 1;
  }
  std::vector<float> factors(matrix.columns);
  for (std::size_t f = 0; f < factors.size(); ++f) {
    const double ratio = std::abs(std::log((rows_with[1][f] / rows[1]) / (rows_with[0][f] / rows[0])));
    factors[f] = static_cast<float>(scaling.mix + (1 - scaling.mix) * std::pow(ratio, scaling.exponent));
  }
  return factors;
}

}  // namespace

LinearSolver::LinearSolver(const SparseMatrix& matrix) : matrix_(matrix), nodes_(std::make_unique<Nodes>()) {
  nodes_->values.reserve(matrix.ids.size() + 2 * matrix.rows());
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    nodes_->offsets.push_back(nodes_->values.size());
    // liblinear counts features from 1 and ends a row with index -1; the bias is one more feature.
    for (const std::uint32_t id : matrix.row_ids(r)) nodes_->values.push_back({static_cast<int>(id) + 1, 0});
    nodes_->values.push_back({static_cast<int>(matrix.columns) + 1, 1.0});
    nodes_->values.push_back({-1, 0});
  }
}

void LinearSolver::scale(std::span<const float> factors) const {
  for (std::size_t r = 0; r < matrix_.rows(); ++r) {
    feature_node* node = nodes_->values.data() + nodes_->offsets[r];
    const auto ids = matrix_.row_ids(r);
    const auto values = matrix_.row_values(r);
    for (std::size_t i = 0; i < ids.size(); ++i) node[i].value = values[i] * factors[ids[i]];
  }
}

LinearSolver::~LinearSolver() = default;

Result<BinaryModel> LinearSolver::solve(const BinaryProblem& problem, const SolverOptions& options) const {
  std::vector<feature_node*> rows;
  std::vector<double> labels;
  bool both[2] = {false, false};
  for (std::size_t i = 0; i < problem.rows.size(); ++i) {
    feature_node* row = nodes_->values.data() + nodes_->offsets[problem.rows[i]];
    rows.insert(rows.end(), problem.copies[i], row);
    labels.insert(labels.end(), problem.copies[i], problem.labels[i]);
    if (problem.copies[i] > 0) both[problem.labels[i] > 0] = true;
  }
  if (!both[0] || !both[1]) {
    return fail(ErrorCode::invalid_argument, "a class has no training rows on one side of a one-against-rest problem");
  }
  const std::vector<float> factors = naive_bayes_factors(matrix_, problem, options.scaling);
  scale(factors);
  ::problem input{};
  input.l = static_cast<int>(rows.size());
  input.n = static_cast<int>(matrix_.columns) + 1;
  input.x = rows.data();
  input.y = labels.data();
  input.bias = 1;
  ::parameter parameters{};
  parameters.solver_type = options.kind == LinearKind::linear_svm ? L2R_L2LOSS_SVC_DUAL : L2R_LR_DUAL;
  parameters.C = options.cost;
  parameters.eps = options.tolerance;
  int weighted_labels[] = {1, -1};
  double weights[] = {options.positive_weight, options.negative_weight};
  parameters.nr_weight = 2;
  parameters.weight_label = weighted_labels;
  parameters.weight = weights;
  if (const char* refusal = ::check_parameter(&input, &parameters)) {
    return fail(ErrorCode::invalid_argument, std::string("liblinear: ") + refusal);
  }
  ::set_print_string_function([](const char*) {});
  std::srand(options.seed);
  ::model* trained = ::train(&input, &parameters);
  // The sign of liblinear's weights follows the label it saw first.
  const float sign = trained->label[0] > 0 ? 1.0f : -1.0f;
  BinaryModel result;
  result.weights.resize(matrix_.columns);
  for (std::size_t c = 0; c < matrix_.columns; ++c) {
    result.weights[c] = sign * static_cast<float>(trained->w[c]) * factors[c];
  }
  result.bias = sign * static_cast<float>(trained->w[matrix_.columns]);
  ::free_and_destroy_model(&trained);
  return result;
}

std::vector<std::uint16_t> copies_for_weights(std::span<const double> weights, double resolution) {
  std::vector<std::uint16_t> copies;
  copies.reserve(weights.size());
  double carried = 0.5;
  for (const double weight : weights) {
    carried += weight * resolution;
    const double whole = std::clamp(std::floor(carried), 0.0, 65535.0);
    copies.push_back(static_cast<std::uint16_t>(whole));
    carried -= whole;
  }
  return copies;
}

}  // namespace tenor::train
