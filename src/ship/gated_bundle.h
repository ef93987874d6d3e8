// A bundle -> the same bundle with a gate.
#pragma once

#include <string>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/bundle_writer.h"
#include "gate/gate.h"
#include "ship/dev_rows.h"
#include "ship/gate_fit.h"
#include "ship/gate_rows.h"
#include "ship/watch.h"

namespace tenor::ship {

struct GateInput {
  const DevRows& rows;
  GateOptions options = {};
  GateTexts texts = {};  // to tell gains by; no paths: the rows alone tell them
  std::size_t threads = 1;
  Watch watch = {};
};

// Asks, times and fits, and puts gate.json, the drawing, the pointer to them and the card's section into `writer`,
// whose bundle `bundle` is. An older gate is replaced, and a drift reference made again of these rows. But for the
// timings equal input gives equal bytes. Errors: those of the steps; corrupt where the real engine does not answer what
// was fitted.
Result<gate::Gate> add_gate(const bundle::Bundle& bundle, const GateInput& input, bundle::BundleWriter& writer);

// The card without the gate's section.
std::string without_gate_section(std::string card);

// The gate's section in the writer's card, in the place of an older one; nothing where there is no card.
Status add_gate_to_card(const gate::Gate& gate, bundle::BundleWriter& writer);

}  // namespace tenor::ship
