// The parametric forms of calibration as one function of few parameters, with its derivatives: the inside of fitting.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "eval/calibration.h"

namespace tenor::eval {

// Log weights v_c of the classes (p = exp(v_c) / sum exp(v)) from margins; parameters are the scales (one
// ln(scale) for the forms with a temperature, else k scales) followed by k offsets (none for plain temperature).
// Immutable; threads may share it.
class CalibrationModel {
 public:
  CalibrationModel(CalibrationForm form, std::size_t classes) : form_(form), classes_(classes) {}

  std::size_t classes() const { return classes_; }
  std::size_t parameter_count() const { return scales() + (has_offsets() ? classes_ : 0); }
  // Where fitting starts and what the penalty draws to: scale 1, offset 0.
  std::vector<double> neutral_parameters() const;
  Calibration calibration(std::span<const double> parameters) const;
  std::vector<double> parameters(const Calibration& calibration) const;

  void log_weights(std::span<const double> parameters, std::span<const float> margins, std::span<double> out) const;
  // Derivatives of v_c by every parameter: [k x parameter_count].
  void derivatives(std::span<const double> parameters, std::span<const float> margins, std::span<double> out) const;

 private:
  bool one_scale() const {
    return form_ == CalibrationForm::temperature || form_ == CalibrationForm::shifted_temperature;
  }
  bool has_offsets() const { return form_ != CalibrationForm::temperature; }
  std::size_t scales() const { return one_scale() ? 1 : classes_; }
  double scale(std::span<const double> parameters, std::size_t c) const;
  double offset(std::span<const double> parameters, std::size_t c) const {
    return has_offsets() ? parameters[scales() + c] : 0.0;
  }

  CalibrationForm form_;
  std::size_t classes_;
};

// exp(v_c) / sum over allowed classes, 0 for the class that is not; `masked` >= v.size(): all are. In place.
void softmax(std::span<double> v, std::size_t masked);

// Solves the symmetric positive definite system `matrix` x = `vector` (n x n) by Cholesky; empty where it is not.
std::vector<double> solve_positive_definite(std::vector<double> matrix, std::vector<double> vector);

}  // namespace tenor::eval
