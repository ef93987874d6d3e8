// Float encoders, linear experts and development rows -> an accepted INT8 bundle with its card. Knows nothing of
// libtorch: the caller brings float bundles whose answers it has compared with those of training.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle_writer.h"
#include "bundle/json_object.h"
#include "ship/dev_rows.h"
#include "ship/encoder_card.h"
#include "ship/ship_config.h"
#include "ship/watch.h"

namespace tenor::ship {

struct FloatEncoder {
  bundle::BundleWriter writer;  // with a card and one encoder, named card.expert
  ShippedEncoder card;          // expert, run, terms, fingerprint and parity; the rest is filled in
};

// Hears of every bundle on the way: "encoder-float", "encoder-int8".
using KeepBundle = std::function<Status(const std::string& name, const bundle::BundleWriter& writer)>;

struct ShipmentInput {
  const ShipConfig& config;  // files as they can be opened, see with_data_folder()
  const DevRows& dev;
  std::span<const FloatEncoder> encoders;
  std::string config_text;  // the YAML file, kept in the provenance
  std::string command;      // how to make the bundle again
  std::string data_folder;  // taken off the names of test files on the card
  std::size_t threads = 1;
  KeepBundle keep = nullptr;
  Watch watch = {};
};

struct Shipment {
  bundle::BundleWriter writer;
  bundle::JsonObject report;
  Status accepted;  // where it is not, the bundle was neither scored on test files nor given its card
};

// Quantises, compares with the floats, fuses, has the real engine answer, checks the thresholds, scores, writes the
// card. The bundle is the same for the same input, but for the milliseconds on its card. Errors: those of these steps;
// corrupt where the engine answers otherwise than was fitted.
Result<Shipment> make_shipment(const ShipmentInput& input);

// For BundleWriter::publish(): the engine answers from the bundle, and its size is still what was accepted.
Status check_published(const bundle::Bundle& bundle, const Acceptance& accept);

}  // namespace tenor::ship
