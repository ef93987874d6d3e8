// Rows that no expert trained on -> a bundle's gate.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "gate/combine.h"
#include "gate/gate.h"
#include "ship/gate_rows.h"

namespace tenor::ship {

struct GateOptions {
  gate::Method method = gate::Method::learned;
  gate::CalibrationKind calibration = gate::CalibrationKind::temperature;
  double precision = 0.95;       // that answers which are not called uncertain should reach
  double level = 0.95;           // of confidence that they do so, given how few rows show it
  double balanced_loss = 0.003;  // macro-F1 that `balanced` is expected to lose at most against `best` on these rows
  // Of the overall task, rows of sources that know all labels: 0, they weigh the same; 1, the labels of a domain weigh
  // the same together. What lies between says less of how often labels are in the development rows, and serves streams
  // in which they are not.
  double class_balance = 0;
  std::size_t folds = 5;  // what is reported, calibrations, thresholds and curves come from rows held out
};

// What a gate is fitted on.
struct GateFitInput {
  const GateRows& rows;
  std::span<const std::optional<gate::TaskFusion>> weighted;  // the bundle's fusions, a task each
  const GateRows* texts = nullptr;                            // see ModelFit
};

// Everything about a task where so many stages were asked, of rows held out of the fit of the models.
struct CrossFitted {
  std::vector<float> raw;            // [rows, labels]
  std::vector<float> probabilities;  // the same, calibrated by calibrations fitted on other folds
  std::vector<std::int8_t> decided;  // [rows]
};

struct GateFit {
  gate::Gate gate;
  std::vector<std::vector<CrossFitted>> cross;                  // [tasks][stages]
  std::vector<std::vector<std::vector<float>>> method_answers;  // [methods][tasks]: [rows, labels], all asked
  std::vector<std::vector<std::vector<float>>> gains;           // [steps][tasks]: [rows]
};

// `stages`: cheapest first, with what they cost. Deterministic. Errors: those of eval::fit_calibration,
// fit_isotonic and fit_models(); invalid_argument (no row has an overall label).
Result<GateFit> fit_gate(const GateFitInput& input, std::vector<gate::Stage> stages, const GateOptions& options);

// Rows of a task that are judged: labelled, and where `three` only those of sources that know all labels.
std::vector<std::size_t> judged_rows_of(const GateRows& rows, const TaskAnswers& task, bool three);

}  // namespace tenor::ship
