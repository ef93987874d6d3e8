// Training rows made by rule from others, for what few rows of a corpus teach: that a negation turns a word round, that
// the clause behind "but" and behind "now" decides, that emoji have a tone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

#include "data/dataset.h"

namespace tenor::data {

// Rows to make by each rule, as a share of the rows given; 0: none. Rows without a fitting clause make none, so fewer
// may come of it.
struct BehaviourShares {
  // A clause of a row, negated; the other label ("鱼很新鲜" -> "鱼不新鲜", negative).
  double negate = 0;
  // A clause of a positive and one of a negative row of the same source, domain and language, joined by 但是, 虽然 ...
  // 却, but, although: the label of the clause that decides.
  double contrast = 0;
  // The same joined by 以前 ... 现在, "before, ... but now ...".
  double change = 0;
  // A row with an emoji of its own tone behind it.
  double emoji = 0;
  // A short text made by a grammar (composed_texts.h), with the label, source and domain of a row.
  double compose = 0;

  bool any() const { return negate > 0 || contrast > 0 || change > 0 || emoji > 0 || compose > 0; }
};

struct BehaviourCounts {
  std::size_t negated = 0;
  std::size_t contrasts = 0;
  std::size_t changes = 0;
  std::size_t emoji = 0;
  std::size_t composed = 0;
  std::size_t held_out = 0;  // left out because they came out as a text of `held_out`, or as a row that was there
};

struct BehaviourRows {
  // Each has the source, domain, file and line of the row that its deciding clause is of, and no aspect labels.
  std::vector<Row> rows;
  BehaviourCounts counts;
};

// Only positive and negative rows are used (for composed texts neutral ones, too), each at most once a rule. The same
// arguments give the same rows on every platform. `held_out` are content_hash() values of texts that may not be made.
// Thread-safe.
BehaviourRows make_behaviour_rows(std::span<const Row> rows, const BehaviourShares& shares, std::uint64_t seed,
                                  const std::unordered_set<std::uint64_t>& held_out);

}  // namespace tenor::data
