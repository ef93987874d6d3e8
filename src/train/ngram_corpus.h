// A dataset's texts as hashed n-grams, and the choice of those that become features.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "text/dictionary.h"
#include "text/ngrams.h"

namespace tenor::train {

// All n-grams of all rows, row after row, repeated ones repeated: [offsets[r], offsets[r + 1]) of `ngrams`.
// Eight bytes an n-gram: 120,000 short reviews take about 200 MB.
struct NgramCorpus {
  std::vector<std::uint64_t> ngrams;
  std::vector<std::size_t> offsets = {0};

  std::size_t rows() const { return offsets.size() - 1; }
  std::span<const std::uint64_t> row(std::size_t r) const {
    return std::span(ngrams).subspan(offsets[r], offsets[r + 1] - offsets[r]);
  }
};

// `progress` hears the number of rows done.
NgramCorpus extract_corpus(std::span<const data::Row> rows, const text::NgramSpec& spec,
                           const std::function<void(std::uint64_t)>& progress);

enum class Selection {
  frequency,  // the n-grams that occur in the most rows
  chi2,       // the highest chi-squared of presence against a class, the best over classes (Yang, Pedersen 1997)
};

const char* to_string(Selection selection);
std::optional<Selection> parse_selection(std::string_view name);

struct SelectionOptions {
  std::uint32_t min_rows = 2;  // an n-gram in fewer rows is no feature
  std::size_t max_features = 1u << 20;
  Selection selection = Selection::frequency;
};

// What chi2 tests presence against. classes[r]: ids of the classes that row r belongs to (overall: its label; aspects:
// one a labelled aspect).
struct SelectionClasses {
  std::vector<std::vector<std::uint16_t>> classes;  // [rows]
  std::size_t count = 0;                            // number of class ids
};

// Hashes of the selected n-grams, ascending; the same for the same corpus.
std::vector<std::uint64_t> select_ngrams(const NgramCorpus& corpus, const SelectionClasses& classes,
                                         const SelectionOptions& options);

}  // namespace tenor::train
