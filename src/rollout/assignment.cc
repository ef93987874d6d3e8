#include "rollout/assignment.h"

#include <numeric>
#include <string>

#include "base/siphash.h"

namespace tenor::rollout {

double point_of(std::string_view salt, std::string_view key) {
  const Hash128 hash = siphash128(siphash128(Hash128{}, salt), key);
  return static_cast<double>(hash.low >> 11) * 0x1.0p-53;
}

std::size_t choose_arm(std::string_view salt, std::string_view key, const Shares& shares) {
  if (point_of(salt, key) < shares.canary) return kCanary;
  if (shares.arms.size() < 2) return 0;
  const double total = std::accumulate(shares.arms.begin(), shares.arms.end(), 0.0);
  const double point = total * point_of(std::string(salt) + "/arms", key);
  double end = 0;
  // From the last arm backwards: the live one takes what rounding leaves.
  for (std::size_t arm = shares.arms.size() - 1; arm > 0; --arm) {
    end += shares.arms[arm];
    if (point < end) return arm;
  }
  return 0;
}

}  // namespace tenor::rollout
