// What a stream of texts and answers looks like, as histograms of a few signals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/verdict.h"

namespace tenor::drift {

// label: the overall label. confidence: its probability, in tenths. unknown: the share of the text that the model has
// no feature for, in tenths (Verdict::pieces says of what). length: code points of the original, by powers of two from
// 1 to 2048 and beyond.
enum class Signal : std::uint8_t { label, confidence, unknown, length };
inline constexpr std::size_t kSignals = 4;
inline constexpr std::array kAllSignals = {Signal::label, Signal::confidence, Signal::unknown, Signal::length};
const char* to_string(Signal signal);

// Of `labels` labels.
std::size_t bins_of(Signal signal, std::size_t labels);

// What a profile takes from one verdict.
struct Observation {
  std::size_t label = 0;
  double confidence = 0;  // 0 to 1
  std::uint64_t pieces = 0;
  std::uint64_t unknown_pieces = 0;
  std::uint32_t characters = 0;
};
Observation observe(const engine::Verdict& verdict);

// The bin of a signal; nothing where the text has no such signal (no pieces, so that no share of them is unknown).
// Numbers out of range go into the nearest bin.
inline constexpr std::size_t kNoBin = ~std::size_t{0};
std::size_t bin_of(Signal signal, const Observation& seen, std::size_t labels);

// Counts. A value of a few hundred bytes; not for threads to share.
struct Profile {
  Profile() : Profile(0) {}
  explicit Profile(std::size_t label_count);

  void add(const Observation& seen);
  void add(const Profile& other);  // of as many labels
  std::size_t labels() const { return of(Signal::label).size(); }
  const std::vector<std::uint64_t>& of(Signal signal) const { return counts[static_cast<std::size_t>(signal)]; }
  std::vector<std::uint64_t>& of(Signal signal) { return counts[static_cast<std::size_t>(signal)]; }
  // Of all pieces, unlike the signal's histogram of texts' shares; 0 where there are none.
  double unknown_share() const;

  std::uint64_t texts = 0;
  std::uint64_t pieces = 0;
  std::uint64_t unknown_pieces = 0;
  std::array<std::vector<std::uint64_t>, kSignals> counts;

  friend bool operator==(const Profile&, const Profile&) = default;
};

// A profile beside its reference. Signals that either side lacks are NaN.
struct Drift {
  std::uint64_t texts = 0;
  std::array<double, kSignals> psi{};
  std::array<double, kSignals> by_chance{};

  double of(Signal signal) const { return psi[static_cast<std::size_t>(signal)]; }
  double greatest() const;  // NaN where all are
};
// Both have as many labels.
Drift compare(const Profile& reference, const Profile& seen);

}  // namespace tenor::drift
