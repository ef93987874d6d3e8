// A bundle once more, to be published with something changed.
#pragma once

#include <string>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/bundle_writer.h"

namespace tenor::ship {

// All that a bundle holds, to be published again with something added. Error: not_found.
Result<bundle::BundleWriter> copy_bundle(const bundle::Bundle& bundle);

// Another version for what the writer holds, in the heading of its card as well. Error: that of replace_file().
Status set_version(const std::string& version, bundle::BundleWriter& writer);

}  // namespace tenor::ship
