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

}  // namespace tenor::ship
