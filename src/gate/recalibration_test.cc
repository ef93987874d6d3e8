#include "gate/recalibration.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace tenor::gate {
namespace {

using Probabilities = std::array<float, 3>;

Probabilities applied(const Recalibration& calibration, Probabilities p) {
  calibration.apply(p);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0f), 1.0f, 1e-5f);
  return p;
}

TEST(RecalibrationTest, NeutralOnesChangeNothing) {
  const Probabilities p = {0.5f, 0.3f, 0.2f};
  EXPECT_EQ(applied({}, p), p);
  const Probabilities platt = applied({CalibrationKind::platt, 1, {1, 1, 1}, {0, 0, 0}, {}}, p);
  for (std::size_t l = 0; l < 3; ++l) EXPECT_NEAR(platt[l], p[l], 1e-5f);
}

TEST(RecalibrationTest, TemperatureFlattens) {
  const Probabilities flat = applied({CalibrationKind::temperature, 2, {}, {}, {}}, {0.8f, 0.2f, 0});
  EXPECT_NEAR(flat[0] / flat[1], 2.0f, 1e-4f);
}

TEST(RecalibrationTest, StepsKeepTheOrderOfWhatTheyJoin) {
  const Recalibration::Steps steps{{0.1f, 0.4f}, {0.2f, 0.6f}};
  const Recalibration isotonic{CalibrationKind::isotonic, 1, {}, {}, {steps, steps, steps}};
  const Probabilities p = applied(isotonic, {0.5f, 0.45f, 0.05f});
  EXPECT_GT(p[0], p[1]) << "both lie on the step of 0.6";
  EXPECT_NEAR(p[2] / p[0], 0.2f / 0.6f, 2e-3f) << "below all steps: the first one's value";
  EXPECT_GT(applied({CalibrationKind::isotonic, 1, {}, {}, {{{0}, {0}}, {{0}, {0}}, {{0}, {0}}}}, {0, 0, 1})[0], 0);
}

TEST(RecalibrationTest, NamesAreReadBack) {
  for (const auto kind : {CalibrationKind::temperature, CalibrationKind::platt, CalibrationKind::isotonic}) {
    EXPECT_EQ(parse_calibration_kind(to_string(kind)), kind);
  }
  EXPECT_FALSE(parse_calibration_kind("vector"));
}

}  // namespace
}  // namespace tenor::gate
