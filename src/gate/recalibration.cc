#include "gate/recalibration.h"

#include <algorithm>
#include <cmath>

#include "gate/features.h"
#include "gate/fusion.h"

namespace tenor::gate {

namespace {

// Steps make different probabilities equal: this much of the old ones keeps their order.
constexpr float kKept = 1e-3f;
constexpr float kLeast = 1e-6f;

float step_value(const Recalibration::Steps& steps, float p) {
  const auto above = std::upper_bound(steps.scores.begin(), steps.scores.end(), p);
  const auto place = above == steps.scores.begin() ? 0 : above - steps.scores.begin() - 1;
  return steps.values[static_cast<std::size_t>(place)];
}

void normalise(std::span<float> p) {
  float sum = 0;
  for (const float value : p) sum += value;
  for (float& value : p) value /= sum;
}

}  // namespace

const char* to_string(CalibrationKind kind) {
  if (kind == CalibrationKind::platt) return "platt";
  return kind == CalibrationKind::isotonic ? "isotonic" : "temperature";
}

std::optional<CalibrationKind> parse_calibration_kind(std::string_view name) {
  for (const auto kind : {CalibrationKind::temperature, CalibrationKind::platt, CalibrationKind::isotonic}) {
    if (name == to_string(kind)) return kind;
  }
  return std::nullopt;
}

void Recalibration::apply(std::span<float> p) const {
  switch (kind) {
    case CalibrationKind::temperature:
      if (temperature == 1) return;
      for (float& value : p) value = std::log(std::max(value, kLeast)) / temperature;
      softmax(p, p);
      return;
    case CalibrationKind::platt:
      for (std::size_t l = 0; l < p.size(); ++l) {
        const float clipped = std::clamp(p[l], kLeast, 1 - kLeast);
        p[l] = std::max(logistic(scale[l] * std::log(clipped / (1 - clipped)) + bias[l]), kLeast);
      }
      normalise(p);
      return;
    case CalibrationKind::isotonic:
      for (std::size_t l = 0; l < p.size(); ++l)
        p[l] = (1 - kKept) * step_value(steps[l], p[l]) + kKept * p[l] + kLeast;
      normalise(p);
      return;
  }
}

}  // namespace tenor::gate
