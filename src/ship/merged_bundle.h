// Several bundles of the same tasks -> one with all their experts.
#pragma once

#include <span>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/bundle_writer.h"

namespace tenor::ship {

// The bundle with linear experts, else the first, gives name, version, features, fusion of nothing, and the order of
// the tasks; tasks that only others have come after its own. Experts stand in the order of the bundles. Experts and
// files whose names are taken become NAME-2, NAME-3, ...; files of equal content are kept once. Each bundle's card is
// part of the card, its provenance and digest part of "fused" in the provenance. Equal input gives equal bytes. Error
// (invalid_argument): two bundles with linear experts, tasks of one name and other labels, languages that differ.
Result<bundle::BundleWriter> merge_bundles(std::span<const bundle::Bundle> bundles);

}  // namespace tenor::ship
