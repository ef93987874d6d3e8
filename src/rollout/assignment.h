// Which arm of an experiment answers a request: the same one for the same key, for as long as shares allow.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tenor::rollout {

// Shares of the traffic. Arm 0 is the live model, which takes what the others leave.
struct Shares {
  double canary = 0;               // in [0, 1]
  std::span<const double> arms{};  // of the arms that are not the canary, the live one first; >= 0, sum > 0
};

inline constexpr std::size_t kCanary = static_cast<std::size_t>(-1);

// Uniform in [0, 1): a keyed hash (SipHash) of the key under the experiment's salt, the same on every platform. Another
// `salt` gives an independent number.
double point_of(std::string_view salt, std::string_view key);

// The index into shares.arms, or kCanary. The canary takes the keys whose point lies below its share, so raising it
// moves keys into the canary and none out of it; the others share the rest by an independent point, so that the
// canary's share never moves a key from one of them to another. Pure: no state, no time.
std::size_t choose_arm(std::string_view salt, std::string_view key, const Shares& shares);

}  // namespace tenor::rollout
