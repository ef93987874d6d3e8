// What every price of the cascade would have cost and reached on the rows, from answers held out of the fit.
#pragma once

#include <cstddef>
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

// `balanced` is chosen by the mean of macro-F1 by labels and by the probabilities of `best`. Empty where no row is
// judged. Aspects: macro-F1 is the mean over them, not_mentioned counted as neutral.
gate::Curve fit_curve(const CurveInput& input, const GateOptions& options);

// The place of the cheapest point whose macro-F1 is at most `most_loss` below the last one's. macro_f1[points] from the
// cheapest to the last, at least one: the nearest rising curve is judged, since to ask more helps on the whole, and no
// single dip shall decide.
std::size_t balanced_of(std::span<const double> macro_f1, double most_loss);

// How far the cascade goes for a row at a price: the number of stages asked, and what they take.
struct Way {
  std::size_t stages = 0;
  double us = 0;
};
Way way_of(const CurveInput& input, std::size_t row, double price);

}  // namespace tenor::ship
