// What every price of the cascade would have cost and reached on the rows, from answers held out of the fit.
#pragma once

#include <span>
#include <vector>

#include "gate/route.h"
#include "ship/gate_fit.h"

namespace tenor::ship {

struct CurveInput {
  const GateRows& rows;
  const gate::Gate& gate;
  std::span<const std::vector<CrossFitted>> cross;         // [tasks][stages]
  std::span<const std::vector<std::vector<float>>> gains;  // [steps][tasks]: [rows]
  bool aspects = false;  // all tasks are asked for and aspects judged; else the overall task alone
};

// Empty where no row is judged. Aspects: macro-F1 is the mean over them, not_mentioned counted as neutral.
gate::Curve fit_curve(const CurveInput& input, const GateOptions& options);

// How far the cascade goes for a row at a price: the number of stages asked, and what they take.
struct Way {
  std::size_t stages = 0;
  double us = 0;
};
Way way_of(const CurveInput& input, std::size_t row, double price);

}  // namespace tenor::ship
