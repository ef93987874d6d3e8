// What asking a bundle's experts takes, measured on this machine.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "gate/gate.h"
#include "ship/dev_rows.h"

namespace tenor::ship {

// The linear experts as one stage (they agree on nearly every text, and one sweep asks both), then each encoder,
// cheapest first. Times are processor time of single texts about the overall task in the calling thread, the fastest of
// some passes each, and a straight line over their lengths. Errors: those of opening engine and encoders;
// invalid_argument (no rows).
Result<std::vector<gate::Stage>> measure_stages(const bundle::Bundle& bundle, const DevRows& rows);

// Least squares of us = fixed + each * characters, both at least 0.
gate::StageCost fit_cost(std::span<const double> characters, std::span<const double> us);

}  // namespace tenor::ship
