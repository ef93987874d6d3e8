// Duplicates and splits by content: pure functions of the texts, so that a row's part never depends on its neighbours.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace tenor::data {

// The letters and digits of a text in lower case (Unicode categories L and N), the first `max_letters` of them (0:
// all); the text itself where it has none. Two texts with the same key are duplicates.
std::string duplicate_key(std::string_view text, std::size_t max_letters = 80);

// 64-bit hash of duplicate_key(text): the same on every machine and in every version.
std::uint64_t content_hash(std::string_view text);

// Indices of the first row of every duplicate_key, ascending.
std::vector<std::size_t> first_occurrences(std::span<const Row> rows);

enum class Part { train, dev, test };

struct SplitFractions {
  double dev = 0.1;
  double test = 0.1;  // dev + test <= 1; the rest is train
};

// The part of a text: duplicates fall into the same part; another seed gives another split.
Part part_of(std::string_view text, const SplitFractions& fractions, std::uint64_t seed);

}  // namespace tenor::data
