#include "eval/calibration_model.h"

#include <algorithm>
#include <cmath>

namespace tenor::eval {

namespace {

// ln of the logistic function, without overflow on either side.
double log_logistic(double u) {
  return u >= 0 ? -std::log1p(std::exp(-u)) : u - std::log1p(std::exp(u));
}

}  // namespace

double CalibrationModel::scale(std::span<const double> parameters, std::size_t c) const {
  return one_scale() ? std::exp(parameters[0]) : parameters[c];
}

std::vector<double> CalibrationModel::neutral_parameters() const {
  std::vector<double> parameters(parameter_count(), 0.0);
  if (!one_scale()) std::fill_n(parameters.begin(), classes_, 1.0);
  return parameters;
}

Calibration CalibrationModel::calibration(std::span<const double> parameters) const {
  Calibration result{form_, std::vector<double>(classes_), std::vector<double>(classes_)};
  for (std::size_t c = 0; c < classes_; ++c) {
    result.scale[c] = scale(parameters, c);
    result.offset[c] = offset(parameters, c);
  }
  return result;
}

std::vector<double> CalibrationModel::parameters(const Calibration& calibration) const {
  std::vector<double> parameters(calibration.scale.begin(),
                                 calibration.scale.begin() + static_cast<std::ptrdiff_t>(scales()));
  if (one_scale()) parameters[0] = std::log(parameters[0]);
  if (has_offsets()) parameters.insert(parameters.end(), calibration.offset.begin(), calibration.offset.end());
  return parameters;
}

void CalibrationModel::log_weights(std::span<const double> parameters, std::span<const float> margins,
                                   std::span<double> out) const {
  for (std::size_t c = 0; c < classes_; ++c) {
    const double u = scale(parameters, c) * margins[c] + offset(parameters, c);
    out[c] = form_ == CalibrationForm::platt ? log_logistic(u) : u;
  }
}

void CalibrationModel::derivatives(std::span<const double> parameters, std::span<const float> margins,
                                   std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
  const std::size_t count = parameter_count();
  for (std::size_t c = 0; c < classes_; ++c) {
    const double u = scale(parameters, c) * margins[c] + offset(parameters, c);
    const double slope = form_ == CalibrationForm::platt ? std::exp(log_logistic(-u)) : 1.0;
    double* row = out.data() + c * count;
    row[one_scale() ? 0 : c] = slope * margins[c] * (one_scale() ? scale(parameters, c) : 1.0);
    if (has_offsets()) row[scales() + c] = slope;
  }
}

void softmax(std::span<double> v, std::size_t masked) {
  double largest = -INFINITY;
  for (std::size_t c = 0; c < v.size(); ++c) {
    if (c != masked) largest = std::max(largest, v[c]);
  }
  double sum = 0;
  for (std::size_t c = 0; c < v.size(); ++c) {
    v[c] = c == masked ? 0.0 : std::exp(v[c] - largest);
    sum += v[c];
  }
  for (double& p : v) p /= sum;
}

std::vector<double> solve_positive_definite(std::vector<double> matrix, std::vector<double> vector) {
  const std::size_t n = vector.size();
  const auto at = [&](std::size_t row, std::size_t column) -> double& { return matrix[row * n + column]; };
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      for (std::size_t i = j; i < n; ++i) at(i, j) -= at(i, k) * at(j, k);
    }
    if (!(at(j, j) > 0) || !std::isfinite(at(j, j))) return {};
    const double root = std::sqrt(at(j, j));
    for (std::size_t i = j; i < n; ++i) at(i, j) /= root;
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) vector[i] -= at(i, k) * vector[k];
    vector[i] /= at(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) vector[i] -= at(k, i) * vector[k];
    vector[i] /= at(i, i);
  }
  return vector;
}

}  // namespace tenor::eval
