// The model card of a bundle with encoders: what it is, what it learned from and on which terms, how to make it again,
// how good every expert is alone and all together, what INT8 cost, what it is for.
#pragma once

#include <string>

#include "bundle/bundle.h"
#include "ship/ship_config.h"
#include "ship/shipment_facts.h"

namespace tenor::ship {

struct EncoderCardInput {
  const ShipConfig& config;
  const DevRows& dev;
  const bundle::Bundle& bundle;            // as it will be published, but for the card
  const bundle::Bundle* linear = nullptr;  // where there is one
  const ShipmentFacts& facts;
};

// Markdown, the same for the same input.
std::string encoder_card(const EncoderCardInput& input);

}  // namespace tenor::ship
