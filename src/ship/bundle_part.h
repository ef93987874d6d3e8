// Experts of a shipped bundle, each as a bundle of its own again: to be shipped once more beside others without what
// they were trained with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/bundle_writer.h"
#include "ship/acceptance.h"
#include "ship/shipment_facts.h"

namespace tenor::ship {

// Of a card: what stands below it is the linear experts' own card, as a part.
inline constexpr std::string_view kLinearCardHeading = "## The linear experts: their own card";

struct EncoderPart {
  bundle::BundleWriter writer;  // one encoder, quantised and calibrated as it was
  ShippedEncoder card;          // as far as its bundle tells
  std::vector<Int8Loss> int8;   // likewise
};

// The linear experts with their features, files, card and provenance, as far as the bundle kept them. A bundle without
// others comes out as it is but for fusion and measurements. Errors: not_found (there are none), those of reading.
Result<bundle::BundleWriter> linear_part(const bundle::Bundle& bundle);

// The encoders in the manifest's order, or the one called `expert` where that is not empty. Errors: not_found.
Result<std::vector<EncoderPart>> encoder_parts(const bundle::Bundle& bundle, const std::string& expert);

}  // namespace tenor::ship
