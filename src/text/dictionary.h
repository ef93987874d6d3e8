// From an n-gram's hash to the number of a feature: by a dictionary that ships with the model, or by the hash alone.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/result.h"

namespace tenor::text {

inline constexpr std::uint32_t kNoFeature = 0xFFFFFFFF;

// The hashing trick (Weinberger et al., 2009): a feature's number is the hash's upper `bits`. No tables, no misses;
// different n-grams may share a number.
class HashedFeatures {
 public:
  // bits: 1 to 31.
  explicit HashedFeatures(int bits) : shift_(64 - bits) {}
  std::uint32_t find(std::uint64_t hash) const { return static_cast<std::uint32_t>(hash >> shift_); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(std::uint64_t{1} << (64 - shift_)); }

 private:
  int shift_;
};

// The arrays of a dictionary as they are stored. Bucket b holds up to 8 features: fingerprints [b*8, b*8+8), 0 where
// free, filled from the front; the feature in place p of bucket b has number bases[b] + p.
struct DictionaryTables {
  std::vector<std::uint16_t> fingerprints;  // [buckets, 8]
  std::vector<std::uint32_t> bases;         // [buckets]
};

// A read-only view of a dictionary; the arrays must outlive it. One cache line answers a look-up, mostly. An n-gram
// that is not in the dictionary is taken for one that is with a probability of about 1 in 10,000.
// Threads may share it.
class Dictionary {
 public:
  static constexpr std::size_t kBucketSize = 8;

  Dictionary() = default;
  // `corrupt` where the arrays contradict each other; every later find() stays within `size()`.
  static Result<Dictionary> view(std::span<const std::uint16_t> fingerprints, std::span<const std::uint32_t> bases);

  // kNoFeature where the n-gram is unknown.
  std::uint32_t find(std::uint64_t hash) const {
    std::uint64_t bucket = home(hash);
    const std::uint16_t wanted = fingerprint(hash);
    for (;;) {
      const std::uint16_t* line = fingerprints_.data() + bucket * kBucketSize;
      const int place = locate(line, wanted);
      if (place >= 0) return bases_[bucket] + static_cast<std::uint32_t>(place);
      if (line[kBucketSize - 1] == 0) return kNoFeature;
      bucket = bucket + 1 == bases_.size() ? 0 : bucket + 1;
    }
  }
  // Asks the processor to fetch what find() will read.
  void prefetch(std::uint64_t hash) const {
    const std::uint64_t bucket = home(hash);
    __builtin_prefetch(fingerprints_.data() + bucket * kBucketSize);
    __builtin_prefetch(bases_.data() + bucket);
  }

  std::uint32_t size() const { return size_; }

 private:
  std::uint64_t home(std::uint64_t hash) const { return (hash >> 32) * bases_.size() >> 32; }
  static std::uint16_t fingerprint(std::uint64_t hash) {
    const auto low = static_cast<std::uint16_t>(hash);
    return low == 0 ? 1 : low;
  }
  static int locate(const std::uint16_t* line, std::uint16_t wanted);

  std::span<const std::uint16_t> fingerprints_;
  std::span<const std::uint32_t> bases_;
  std::uint32_t size_ = 0;

  friend DictionaryTables build_dictionary(std::span<const std::uint64_t> hashes);
};

// Either of the two, as a model was trained: the one way in which n-grams become features.
class FeatureIndex {
 public:
  FeatureIndex() = default;
  FeatureIndex(const Dictionary& dictionary) : dictionary_(dictionary) {}  // NOLINT(google-explicit-constructor)
  FeatureIndex(const HashedFeatures& hashed) : hashed_(hashed) {}          // NOLINT(google-explicit-constructor)

  std::uint32_t find(std::uint64_t hash) const { return hashed_ ? hashed_->find(hash) : dictionary_.find(hash); }
  void prefetch(std::uint64_t hash) const {
    if (!hashed_) dictionary_.prefetch(hash);
  }
  std::uint32_t size() const { return hashed_ ? hashed_->size() : dictionary_.size(); }

 private:
  Dictionary dictionary_;
  std::optional<HashedFeatures> hashed_;
};

// Tables that hold the given hashes (duplicates and 16-bit twins in one bucket share a feature); fewer than 2^31.
// Depends only on the set of hashes and their order.
DictionaryTables build_dictionary(std::span<const std::uint64_t> hashes);

// Place of the 16-bit lane equal to `wanted` among 8, or -1.
inline int Dictionary::locate(const std::uint16_t* line, std::uint16_t wanted) {
#ifdef __SSE2__  // of every x86-64
  const __m128i lanes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(line));
  const int equal = _mm_movemask_epi8(_mm_cmpeq_epi16(lanes, _mm_set1_epi16(static_cast<short>(wanted))));
  return equal == 0 ? -1 : __builtin_ctz(static_cast<unsigned>(equal)) / 2;
#else  // elsewhere, four lanes at once in plain C++
  constexpr std::uint64_t ones = 0x0001000100010001ULL;
  constexpr std::uint64_t tops = 0x8000800080008000ULL;
  for (int half = 0; half < 2; ++half) {
    std::uint64_t word;
    __builtin_memcpy(&word, line + half * 4, sizeof word);
    const std::uint64_t difference = word ^ (ones * wanted);
    // The lowest marked lane is always a true zero; higher ones may be carried into and don't matter.
    const std::uint64_t zero = (difference - ones) & ~difference & tops;
    if (zero != 0) return half * 4 + __builtin_ctzll(zero) / 16;
  }
  return -1;
#endif
}

}  // namespace tenor::text
