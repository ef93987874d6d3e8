// From a fused distribution to one whose probabilities mean what they say, in the form that was chosen when the gate
// was fitted. Immutable.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tenor::gate {

enum class CalibrationKind {
  temperature,  // p^(1 / temperature), normalised (Guo et al. 2017)
  platt,        // logistic(scale_l logit(p_l) + bias_l), normalised (Platt 1999)
  isotonic,     // a rising step function a label, normalised (Zadrozny and Elkan 2002)
};
const char* to_string(CalibrationKind kind);
std::optional<CalibrationKind> parse_calibration_kind(std::string_view name);

struct Recalibration {
  struct Steps {
    std::vector<float> scores;  // rising: the lowest probability of every step
    std::vector<float> values;  // rising, 0 to 1
  };

  CalibrationKind kind = CalibrationKind::temperature;
  float temperature = 1;
  std::vector<float> scale, bias;  // [labels], platt
  std::vector<Steps> steps;        // [labels], isotonic

  void apply(std::span<float> probabilities) const;
};

}  // namespace tenor::gate
