#include "drift/profile.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "drift/psi.h"

namespace tenor::drift {

namespace {

constexpr std::size_t kTenths = 10;
constexpr std::size_t kLengths = 12;  // the last one from 2048 on

std::size_t tenth(double share) {
  if (!(share > 0)) return 0;
  return std::min(static_cast<std::size_t>(std::min(share, 1.0) * kTenths), kTenths - 1);
}

}  // namespace

const char* to_string(Signal signal) {
  switch (signal) {
    case Signal::label:
      return "label";
    case Signal::confidence:
      return "confidence";
    case Signal::unknown:
      return "unknown";
    default:
      return "length";
  }
}

std::size_t bins_of(Signal signal, std::size_t labels) {
  if (signal == Signal::label) return labels;
  return signal == Signal::length ? kLengths : kTenths;
}

Observation observe(const engine::Verdict& verdict) {
  return {verdict.overall.label, static_cast<double>(verdict.overall.score()), verdict.pieces, verdict.unknown_pieces,
          verdict.characters};
}

std::size_t bin_of(Signal signal, const Observation& seen, std::size_t labels) {
  switch (signal) {
    case Signal::label:
      return labels == 0 ? kNoBin : std::min(seen.label, labels - 1);
    case Signal::confidence:
      return tenth(seen.confidence);
    case Signal::unknown:
      return seen.pieces == 0 ? kNoBin
                              : tenth(static_cast<double>(seen.unknown_pieces) / static_cast<double>(seen.pieces));
    default:
      return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(std::max(seen.characters, 1U))) - 1,
                                   kLengths - 1);
  }
}

Profile::Profile(std::size_t label_count) {
  for (const Signal signal : kAllSignals) of(signal).resize(bins_of(signal, label_count));
}

void Profile::add(const Observation& seen) {
  ++texts;
  pieces += seen.pieces;
  unknown_pieces += seen.unknown_pieces;
  for (const Signal signal : kAllSignals) {
    const std::size_t bin = bin_of(signal, seen, labels());
    if (bin != kNoBin) ++of(signal)[bin];
  }
}

void Profile::add(const Profile& other) {
  texts += other.texts;
  pieces += other.pieces;
  unknown_pieces += other.unknown_pieces;
  for (const Signal signal : kAllSignals) {
    for (std::size_t i = 0; i < of(signal).size(); ++i) of(signal)[i] += other.of(signal)[i];
  }
}

double Profile::unknown_share() const {
  return pieces == 0 ? 0 : static_cast<double>(unknown_pieces) / static_cast<double>(pieces);
}

double Drift::greatest() const {
  double greatest = std::numeric_limits<double>::quiet_NaN();
  for (const double value : psi) greatest = std::fmax(greatest, value);
  return greatest;
}

Drift compare(const Profile& reference, const Profile& seen) {
  Drift drift{.texts = seen.texts};
  for (std::size_t s = 0; s < kSignals; ++s) {
    const auto sum = [s](const Profile& profile) {
      return std::accumulate(profile.counts[s].begin(), profile.counts[s].end(), std::uint64_t{0});
    };
    drift.psi[s] = population_stability_index(reference.counts[s], seen.counts[s]);
    drift.by_chance[s] = psi_by_chance(reference.counts[s].size(), sum(reference), sum(seen));
  }
  return drift;
}

}  // namespace tenor::drift
