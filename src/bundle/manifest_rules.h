// The rules every manifest obeys, whether read or about to be written; not for users of bundles.
#pragma once

#include <string>

#include "bundle/manifest.h"

namespace tenor::bundle {

// The first rule that the manifest breaks, in words; empty where it obeys all.
std::string broken_rule(const Manifest& manifest);

}  // namespace tenor::bundle
