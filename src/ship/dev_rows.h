// The rows that a fusion is fitted on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"

namespace tenor::ship {

struct DevSource {
  std::vector<std::string> paths = {};  // files, or folders: their files whose names begin with "dev"
  data::DatasetOptions dataset = {};
  // Sources without neutral rows. Empty: those with at least 30 overall labels and no neutral among them.
  std::vector<std::string> two_class_sources = {};
  // Training files of which a share of the two-class rows was held out, as `tenor-train linear` does
  // (two_class_dev_share and seed of its configuration).
  std::vector<std::string> held_out_from = {};
  double held_out_share = 0;
  std::uint64_t seed = 42;
};

struct DevRows {
  data::Dataset dataset;
  std::vector<std::uint8_t> two_class;         // [rows], 1: of a source that knows no neutral
  std::vector<std::string> two_class_sources;  // of these rows, sorted
};

// Errors: those of data::load_dataset; not_found (a folder without such files); invalid_argument (held-out rows
// without the names of their sources, no rows).
Result<DevRows> load_dev_rows(const DevSource& source, const std::function<void(std::uint64_t rows)>& progress = {});

}  // namespace tenor::ship
