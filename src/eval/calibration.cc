#include "eval/calibration.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "eval/calibration_model.h"

namespace tenor::eval {

namespace {

constexpr int kMaxSteps = 200;
constexpr double kMaxDamping = 1e12;
constexpr double kSmallGain = 1e-12;  // relative: below it the loss has settled

Status check_logits(const CalibrationData& data, double l2) {
  const std::size_t rows = data.gold.size();
  if (data.classes < 2 || data.classes > 127 || data.margins.size() != rows * data.classes) {
    return fail(ErrorCode::invalid_argument, "expected " + std::to_string(rows * data.classes) +
                                                 " margins of 2 to 127 classes, found " +
                                                 std::to_string(data.margins.size()));
  }
  const bool lengths = (data.two_class.empty() || data.two_class.size() == rows) &&
                       (data.weights.empty() || data.weights.size() == rows);
  if (!lengths) return fail(ErrorCode::invalid_argument, "two_class and weights need one entry a row, or none");
  const auto finite = [](float value) { return std::isfinite(value); };
  const auto weight = [](float value) { return std::isfinite(value) && value >= 0; };
  if (!std::all_of(data.margins.begin(), data.margins.end(), finite) ||
      !std::all_of(data.weights.begin(), data.weights.end(), weight) || !(l2 >= 0) || !std::isfinite(l2)) {
    return fail(ErrorCode::invalid_argument, "margins, weights and l2 must be finite, weights and l2 not below 0");
  }
  bool any = false;
  for (std::size_t i = 0; i < rows; ++i) {
    if (data.gold[i] < 0) continue;
    any = any || data.weights.empty() || data.weights[i] > 0;
    const std::size_t gold = static_cast<std::uint8_t>(data.gold[i]);
    const bool two_class = !data.two_class.empty() && data.two_class[i] != 0;
    if (gold < data.classes && !(two_class && gold == data.masked_class)) continue;
    return fail(ErrorCode::invalid_argument, "gold label of row " + std::to_string(i) + ": found " +
                                                 std::to_string(gold) + ", a class that its source does not know");
  }
  if (!any) return fail(ErrorCode::invalid_argument, "no labelled rows to calibrate on");
  return {};
}

// Loss, gradient and Gauss-Newton (Fisher) matrix of the penalised likelihood. Not for threads to share.
class Objective {
 public:
  Objective(const CalibrationData& data, const CalibrationModel& model, double l2)
      : data_(data),
        model_(model),
        l2_(l2),
        target_(model.neutral_parameters()),
        p_(model.classes()),
        slopes_(model.classes() * model.parameter_count()),
        mean_slope_(model.parameter_count()) {}

  double loss(std::span<const double> parameters) {
    double sum = penalty(parameters);
    for (std::size_t i = 0; i < data_.gold.size(); ++i) {
      if (data_.gold[i] >= 0) sum += weight(i) * row_loss(parameters, i);
    }
    return sum;
  }

  void expand(std::span<const double> parameters, std::vector<double>& gradient, std::vector<double>& matrix);

  // -ln p(gold) of row i, leaving the probabilities of its classes in p_.
  double row_loss(std::span<const double> parameters, std::size_t i) {
    const auto margins = data_.margins.subspan(i * model_.classes(), model_.classes());
    model_.log_weights(parameters, margins, p_);
    const double gold = p_[static_cast<std::size_t>(data_.gold[i])];
    const std::size_t masked = !data_.two_class.empty() && data_.two_class[i] != 0 ? data_.masked_class : p_.size();
    double largest = -INFINITY;
    double sum = 0;
    for (std::size_t c = 0; c < p_.size(); ++c) largest = c == masked ? largest : std::max(largest, p_[c]);
    for (std::size_t c = 0; c < p_.size(); ++c) sum += c == masked ? 0 : std::exp(p_[c] - largest);
    softmax(p_, masked);
    return largest + std::log(sum) - gold;
  }

  double weight(std::size_t i) const { return data_.weights.empty() ? 1.0 : data_.weights[i]; }

 private:
  double penalty(std::span<const double> parameters) const {
    double sum = 0;
    for (std::size_t j = 0; j < parameters.size(); ++j) {
      sum += (parameters[j] - target_[j]) * (parameters[j] - target_[j]);
    }
    return l2_ / 2 * sum;
  }

  const CalibrationData& data_;
  const CalibrationModel& model_;
  double l2_;
  std::vector<double> target_;
  std::vector<double> p_;
  std::vector<double> slopes_;  // [k x parameters]
  std::vector<double> mean_slope_;
};

void Objective::expand(std::span<const double> parameters, std::vector<double>& gradient, std::vector<double>& matrix) {
  const std::size_t n = parameters.size();
  gradient.assign(n, 0);
  matrix.assign(n * n, 0);
  for (std::size_t j = 0; j < n; ++j) {
    gradient[j] = l2_ * (parameters[j] - target_[j]);
    matrix[j * n + j] = l2_;
  }
  for (std::size_t i = 0; i < data_.gold.size(); ++i) {
    if (data_.gold[i] < 0) continue;
    row_loss(parameters, i);
    const auto margins = data_.margins.subspan(i * model_.classes(), model_.classes());
    model_.derivatives(parameters, margins, slopes_);
    std::fill(mean_slope_.begin(), mean_slope_.end(), 0.0);
    const double w = weight(i);
    for (std::size_t c = 0; c < p_.size(); ++c) {
      const double* slope = slopes_.data() + c * n;
      for (std::size_t j = 0; j < n; ++j) {
        mean_slope_[j] += p_[c] * slope[j];
        for (std::size_t k = 0; k < n; ++k) matrix[j * n + k] += w * p_[c] * slope[j] * slope[k];
      }
    }
    const double* gold = slopes_.data() + static_cast<std::size_t>(data_.gold[i]) * n;
    for (std::size_t j = 0; j < n; ++j) {
      gradient[j] += w * (mean_slope_[j] - gold[j]);
      for (std::size_t k = 0; k < n; ++k) matrix[j * n + k] -= w * mean_slope_[j] * mean_slope_[k];
    }
  }
}

// Levenberg's and Marquardt's damping: shorter steps until one lowers the loss, longer ones as they do.
std::vector<double> minimise(Objective& objective, std::vector<double> parameters) {
  double loss = objective.loss(parameters);
  double damping = 1e-4;
  std::vector<double> gradient;
  std::vector<double> matrix;
  for (int step = 0; step < kMaxSteps && damping < kMaxDamping; ++step) {
    objective.expand(parameters, gradient, matrix);
    const std::size_t n = parameters.size();
    double gain = -1;
    while (gain < 0 && damping < kMaxDamping) {
      std::vector<double> damped = matrix;
      for (std::size_t j = 0; j < n; ++j) damped[j * n + j] += damping * (matrix[j * n + j] + 1e-6);
      const std::vector<double> move = solve_positive_definite(std::move(damped), gradient);
      std::vector<double> next = parameters;
      for (std::size_t j = 0; j < move.size(); ++j) next[j] -= move[j];
      const double next_loss = objective.loss(next);
      const bool better = !move.empty() && next_loss <= loss;
      damping = better ? std::max(damping / 10, 1e-12) : damping * 10;
      if (!better) continue;
      gain = loss - next_loss;
      parameters = std::move(next);
      loss = next_loss;
    }
    if (gain <= kSmallGain * (1 + std::abs(loss))) break;
  }
  return parameters;
}

}  // namespace

const char* to_string(CalibrationForm form) {
  switch (form) {
    case CalibrationForm::temperature:
      return "temperature";
    case CalibrationForm::shifted_temperature:
      return "shifted_temperature";
    case CalibrationForm::vector:
      return "vector";
    case CalibrationForm::platt:
      return "platt";
  }
  return "unknown";
}

std::optional<CalibrationForm> parse_calibration_form(std::string_view name) {
  for (const CalibrationForm form : {CalibrationForm::temperature, CalibrationForm::shifted_temperature,
                                     CalibrationForm::vector, CalibrationForm::platt}) {
    if (name == to_string(form)) return form;
  }
  return {};
}

Result<Calibration> fit_calibration(const CalibrationData& data, CalibrationForm form, double l2) {
  if (Status status = check_logits(data, l2); !status) return tl::unexpected(status.error());
  const CalibrationModel model(form, data.classes);
  Objective objective(data, model, l2);
  return model.calibration(minimise(objective, model.neutral_parameters()));
}

void apply_calibration(const Calibration& calibration, std::span<const float> margins, std::span<float> probabilities) {
  const std::size_t classes = calibration.scale.size();
  const CalibrationModel model(calibration.form, classes);
  const std::vector<double> parameters = model.parameters(calibration);
  std::vector<double> p(classes);
  for (std::size_t i = 0; classes > 0 && i + classes <= margins.size(); i += classes) {
    model.log_weights(parameters, margins.subspan(i, classes), p);
    softmax(p, classes);
    for (std::size_t c = 0; c < classes; ++c) probabilities[i + c] = static_cast<float>(p[c]);
  }
}

double calibration_loss(const Calibration& calibration, const CalibrationData& data) {
  const CalibrationModel model(calibration.form, data.classes);
  const std::vector<double> parameters = model.parameters(calibration);
  Objective objective(data, model, 0);
  double sum = 0;
  double weights = 0;
  for (std::size_t i = 0; i < data.gold.size(); ++i) {
    if (data.gold[i] < 0) continue;
    sum += objective.weight(i) * objective.row_loss(parameters, i);
    weights += objective.weight(i);
  }
  return weights > 0 ? sum / weights : 0;
}

}  // namespace tenor::eval
