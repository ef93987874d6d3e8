#include "data/augment_rows.h"

#include <string>
#include <utility>

#include "data/split.h"

namespace tenor::data {

namespace {

constexpr int kAttempts = 3;  // a short text has few copies

void add(const AugmentCounts& more, AugmentCounts& sum) {
  sum.replaced += more.replaced;
  sum.inserted += more.inserted;
  sum.swapped += more.swapped;
  sum.removed += more.removed;
}

}  // namespace

AugmentedRows augment_rows(std::span<const Row> rows, const Synonyms& synonyms, const AugmentRowsOptions& options,
                           const std::unordered_set<std::uint64_t>& held_out) {
  AugmentedRows result;
  std::unordered_set<std::string> texts;
  for (const Row& row : rows) {
    Random random(content_hash(row.text) ^ (options.seed * 0x9e3779b97f4a7c15ULL));
    texts = {row.text};
    for (std::size_t copy = 0; copy < options.copies; ++copy) {
      Augmented fresh;
      bool is_new = false;
      for (int attempt = 0; attempt < kAttempts && !is_new; ++attempt) {
        fresh = augment(row.text, synonyms, options.rates, random);
        is_new = texts.insert(fresh.text).second;
      }
      if (!is_new) {
        ++result.unchanged;
      } else if (held_out.contains(content_hash(fresh.text))) {
        ++result.held_out;
      } else {
        add(fresh.counts, result.counts);
        result.rows.push_back(row);
        result.rows.back().text = std::move(fresh.text);
      }
    }
  }
  return result;
}

}  // namespace tenor::data
