// Changed copies of training rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

#include "data/augment.h"
#include "data/dataset.h"

namespace tenor::data {

struct AugmentRowsOptions {
  std::size_t copies = 1;  // of each row
  AugmentRates rates;
  std::uint64_t seed = 0;
};

struct AugmentedRows {
  std::vector<Row> rows;        // copies, in the order of their originals, with their labels, source, file and line
  AugmentCounts counts;         // words changed in all of them
  std::uint64_t unchanged = 0;  // copies not made: there was nothing to change, or nothing new came of it
  std::uint64_t held_out = 0;   // copies not made because they came out as a text of `held_out`
};

// The copies of a row depend on its text and the seed, not on its neighbours. `held_out` are content_hash()
// values of the texts of dev and test: no copy may be one of them.
AugmentedRows augment_rows(std::span<const Row> rows, const Synonyms& synonyms, const AugmentRowsOptions& options,
                           const std::unordered_set<std::uint64_t>& held_out);

}  // namespace tenor::data
