// How far a distribution has moved from another one: the population stability index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tenor::drift {

// PSI = sum over bins of (q - p) ln(q / p), with the reference's shares p and the shares q of what is watched: the
// symmetric divergence of Jeffreys (1946) as credit scoring uses it (Siddiqi: "Credit Risk Scorecards", 2006, which
// also has the limits below). 0: the same; it has no upper end.
//
// Both are drawn, with the weight of one text, to the shares that the two have together: so a bin that is empty on one
// side does not say infinity, and one that is empty on both says nothing. `reference` and `counts` have equal sizes, at
// least 1. NaN where either holds nothing.
double population_stability_index(std::span<const std::uint64_t> reference, std::span<const std::uint64_t> counts);

// What chance alone gives where nothing moved: (B - 1) (1/N + 1/M), the mean of the index's limiting distribution
// (Yurdakul: "Statistical properties of population stability index", 2018). An index that is not well above it says
// nothing. NaN where either holds nothing.
double psi_by_chance(std::size_t bins, std::uint64_t reference_texts, std::uint64_t texts);

// Siddiqi's: below 0.1 nothing to see, above 0.25 the model should be looked at.
inline constexpr double kShifted = 0.1;
inline constexpr double kDrifted = 0.25;

enum class Level { stable, shifted, drifted };

// NaN is stable: nothing was seen.
Level level_of(double psi);
const char* to_string(Level level);

}  // namespace tenor::drift
