// What makes two texts the same, and splits by it: pure functions of the text, so that a row's part depends neither on
// its place nor on its neighbours, and stays when rows are added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenor::data {

// The letters and digits of a text in lower case (Unicode categories L and N), the first `max_letters` of them (0:
// all); the text itself where it has none. Two texts with the same key are duplicates.
std::string duplicate_key(std::string_view text, std::size_t max_letters = 80);

// 64-bit hash of duplicate_key(text): the same on every machine and in every version.
std::uint64_t content_hash(std::string_view text);

enum class Part { train, dev, test };

struct SplitFractions {
  double dev = 0.1;
  double test = 0.1;  // dev + test <= 1; the rest is train
};

// The fold of a text, 0 to folds - 1 (folds > 0), for cross-validation: as even and as independent of neighbours as
// part_of().
std::size_t fold_of(std::string_view text, std::size_t folds, std::uint64_t seed);

// The part of a text: duplicates fall into the same part; another seed gives another split.
Part part_of(std::string_view text, const SplitFractions& fractions, std::uint64_t seed);

}  // namespace tenor::data
