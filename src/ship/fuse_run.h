// The steps of a fusion as people watch them: what `tenor-train fuse` and `tenor-train ship` share.
#pragma once

#include <string>

#include "base/result.h"
#include "bundle/manifest.h"
#include "ship/fused_bundle.h"
#include "ship/watch.h"

namespace tenor::ship {

// What a new bundle is called; empty: what its parts say.
struct BundleNames {
  std::string name, version, description, license, created;
};

// load_dev_rows() with progress; tells bad rows, and which sources know no neutral.
Result<DevRows> read_dev_rows(const DevSource& source, const Watch& watch);

// fuse_bundles() with progress; tells the scores, names the bundle, and adds a drift reference of the rows.
Result<FusedBundle> fuse_and_name(FuseInput input, const BundleNames& names, const Watch& watch);

// check_answers() with progress.
Status check_written(const FusedBundle& fused, const bundle::Bundle& written, FuseInput input, const Watch& watch);

}  // namespace tenor::ship
