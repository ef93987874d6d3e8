// Margins -> probabilities: forms with few parameters, fitted on development data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenor::eval {

// With margins z_c and u_c = scale_c z_c + offset_c:
enum class CalibrationForm {
  temperature,  // p = softmax(u), one positive scale (1 / temperature) for all classes, no offset (Guo et al. 2017)
  shifted_temperature,  // the same and an offset a class (bias-corrected temperature scaling, Alexandari et al. 2020)
  vector,               // p = softmax(u), a scale and an offset a class (Guo et al. 2017)
  platt,  // p_c = s(u_c) / sum s(u), s the logistic function, a scale and an offset a class (Platt 1999; for margins
          // of one-against-rest machines, Zadrozny and Elkan 2002), fitted jointly
};

const char* to_string(CalibrationForm form);
std::optional<CalibrationForm> parse_calibration_form(std::string_view name);

struct Calibration {
  CalibrationForm form = CalibrationForm::temperature;
  std::vector<double> scale;   // [k]
  std::vector<double> offset;  // [k]
};

// n rows, k classes. Empty spans of two_class and weights mean 0 and 1 for all rows.
struct CalibrationData {
  std::size_t classes = 0;
  std::span<const float> margins;           // [n x k]
  std::span<const std::int8_t> gold;        // [n], 0..k-1; negative: the row is left out
  std::span<const std::uint8_t> two_class;  // [n], 1: the source of the row knows no `masked_class`
  std::span<const float> weights;           // [n], >= 0
  std::size_t masked_class = 1;             // neutral
};

// Minimises  - sum_i w_i ln p(gold_i | row i is of a class its source knows)  +  l2 / 2 sum (scale - 1)^2 + offset^2
// (temperatures: ln(scale)^2 instead), by damped Gauss-Newton steps; at most 2 k parameters, deterministic. For a
// two-class row the likelihood is conditional on not masked_class: p(gold) / (1 - p(masked)). l2 >= 0; some (1e-3)
// keeps parameters finite on separable data. Errors (invalid_argument): no labelled rows, unequal lengths, labels out
// of range, a two-class row whose gold is the masked class, margins or weights that are not finite.
Result<Calibration> fit_calibration(const CalibrationData& data, CalibrationForm form, double l2);

// margins, probabilities: [n x k] with k = scale.size(), of the same length (a multiple of k). May be the same memory.
void apply_calibration(const Calibration& calibration, std::span<const float> margins, std::span<float> probabilities);

// Mean of -ln p(gold | known classes) over the weighted rows: what fit_calibration lowers (without l2).
double calibration_loss(const Calibration& calibration, const CalibrationData& data);

// Non-decreasing step function from scores to probabilities.
struct Isotonic {
  std::vector<double> scores;  // ascending, distinct: the lowest score of every step ...
  std::vector<double> values;  // ... and its value, ascending

  // Value of the last step at or below `score`; the first value below all steps; 0 for an empty function.
  double operator()(double score) const;
};

// Pool adjacent violators (Barlow et al. 1972): the non-decreasing function of `scores` nearest to `targets` by
// weighted squares. Equal scores are pooled. `weights` empty: all 1. Error (invalid_argument): unequal lengths, values
// that are not finite, weights <= 0.
Result<Isotonic> fit_isotonic(std::span<const double> scores, std::span<const double> targets,
                              std::span<const double> weights);

}  // namespace tenor::eval
