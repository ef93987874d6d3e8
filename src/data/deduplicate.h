// Leaves one row of every group of duplicates, and reports where duplicates contradict each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace tenor::data {

enum class OnConflict {
  keep,  // the row that would be kept anyway
  drop,  // no row of a group whose labels contradict each other
};

struct DeduplicateOptions {
  std::size_t max_letters = 80;  // of duplicate_key(): texts that agree in so many letters are duplicates; 0: in all
  OnConflict on_conflict = OnConflict::keep;
};

// Two rows of a group that give one task different labels.
struct LabelConflict {
  std::size_t kept = 0;   // row index
  std::size_t other = 0;  // row index
  std::string task;       // "overall" or the aspect
};

struct Deduplication {
  std::vector<std::size_t> kept;         // row indices, ascending
  std::uint64_t duplicates = 0;          // rows left out because a duplicate is kept
  std::uint64_t dropped = 0;             // rows of contradicting groups left out (OnConflict::drop)
  std::uint64_t conflicting_groups = 0;  // whatever on_conflict says
  std::vector<LabelConflict> conflicts;  // in order of `other`; the first task of each such row
};

// Groups rows by duplicate_key(); of each group the row with the most labels stays, the first among equals. Labels are
// not merged: texts of a group may differ behind their first letters. Deterministic.
Deduplication deduplicate(const Dataset& dataset, const DeduplicateOptions& options);

// Leaves only the given rows (ascending, none twice) in the dataset and computes its fingerprint anew.
void keep_rows(Dataset& dataset, const std::vector<std::size_t>& rows);

}  // namespace tenor::data
