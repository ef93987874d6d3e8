// A keyed hash of 128 bits: nobody who does not know the key can make two texts meet on purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace tenor {

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein: "SipHash: a fast short-input PRF", 2012), the same value
// on every platform. About a byte a cycle. A hash may be the key of the next one: siphash128(siphash128(key, a), b)
// depends on a and b and on where one ends.
Hash128 siphash128(const Hash128& key, std::string_view bytes);

// For hash tables: the hash is uniform already.
struct Hash128Bits {
  std::size_t operator()(const Hash128& hash) const noexcept { return static_cast<std::size_t>(hash.low); }
};

}  // namespace tenor
