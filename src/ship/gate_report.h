// A fitted gate for people: numbers for the bundle, Markdown for the card, a drawing of the curves.
#pragma once

#include <string>

#include "bundle/json_object.h"
#include "ship/gate_fit.h"

namespace tenor::ship {

// {"rows", "folds", "methods", "calibration", "selective"}: docs/bundle-format.md describes it.
bundle::JsonObject gate_report(const GateRows& rows, const GateFit& fit, const GateOptions& options);

// A section of a model card, from the gate alone: the same for a bundle read back.
std::string gate_markdown(const gate::Gate& gate);

// Lines for the terminal.
std::string gate_text(const gate::Gate& gate);

// Macro-F1 and accuracy against microseconds a text, as SVG.
std::string gate_svg(const gate::Gate& gate, const std::string& title);

}  // namespace tenor::ship
