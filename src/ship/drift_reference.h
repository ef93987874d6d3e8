// The reference that a bundle's drift is measured from: what the model answers to development rows.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/bundle_writer.h"
#include "data/dataset.h"
#include "ship/watch.h"

namespace tenor::ship {

// Asks the real engine about the rows' texts and puts drift.json into the writer, in place of what was there. `draft`
// is what the writer holds, open. Errors: those of Engine::open and drift::make_reference (too few rows).
Status add_drift_reference(const bundle::Bundle& draft, const data::Dataset& rows, bundle::BundleWriter& writer);

// The same for a new model, of which too few rows make no error: it is told, and the bundle ships without a reference.
Status try_drift_reference(const data::Dataset& rows, const Watch& watch, bundle::BundleWriter& writer);

// All that a bundle holds, to be published again with something added. Error: not_found.
Result<bundle::BundleWriter> copy_bundle(const bundle::Bundle& bundle);

// Another version for what the writer holds, in the heading of its card as well. Error: that of replace_file().
Status set_version(const std::string& version, bundle::BundleWriter& writer);

}  // namespace tenor::ship
