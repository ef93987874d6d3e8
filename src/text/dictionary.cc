#include "text/dictionary.h"

#include <algorithm>
#include <string>

namespace tenor::text {

Result<Dictionary> Dictionary::view(std::span<const std::uint16_t> fingerprints, std::span<const std::uint32_t> bases) {
  if (bases.empty() || fingerprints.size() != bases.size() * kBucketSize) {
    return fail(ErrorCode::corrupt, "a dictionary needs " + std::to_string(kBucketSize) +
                                        " fingerprints a bucket; found " + std::to_string(fingerprints.size()) +
                                        " for " + std::to_string(bases.size()) + " buckets");
  }
  std::uint32_t size = 0;
  bool has_free_place = false;
  for (std::size_t bucket = 0; bucket < bases.size(); ++bucket) {
    const auto line = fingerprints.subspan(bucket * kBucketSize, kBucketSize);
    if (bases[bucket] != size) return fail(ErrorCode::corrupt, "a dictionary's bases must count its fingerprints");
    const auto used = std::find(line.begin(), line.end(), std::uint16_t{0}) - line.begin();
    if (std::any_of(line.begin() + used, line.end(), [](std::uint16_t f) { return f != 0; })) {
      return fail(ErrorCode::corrupt, "a dictionary's buckets must be filled from the front");
    }
    size += static_cast<std::uint32_t>(used);
    has_free_place = has_free_place || line[kBucketSize - 1] == 0;
  }
  // Without one, a look-up of an unknown n-gram would never end.
  if (!has_free_place) return fail(ErrorCode::corrupt, "a dictionary needs a bucket with a free place");
  Dictionary dictionary;
  dictionary.fingerprints_ = fingerprints;
  dictionary.bases_ = bases;
  dictionary.size_ = size;
  return dictionary;
}

DictionaryTables build_dictionary(std::span<const std::uint64_t> hashes) {
  DictionaryTables tables;
  // Six of eight places in use on average: few buckets overflow into the next one.
  const std::size_t buckets = hashes.size() / 6 + 2;
  tables.bases.assign(buckets, 0);
  tables.fingerprints.assign(buckets * Dictionary::kBucketSize, 0);
  Dictionary shape;
  shape.bases_ = tables.bases;
  for (const std::uint64_t hash : hashes) {
    std::size_t bucket = shape.home(hash);
    const std::uint16_t wanted = Dictionary::fingerprint(hash);
    for (;;) {
      std::uint16_t* line = tables.fingerprints.data() + bucket * Dictionary::kBucketSize;
      if (Dictionary::locate(line, wanted) >= 0) break;
      std::uint16_t* free_place = std::find(line, line + Dictionary::kBucketSize, std::uint16_t{0});
      if (free_place != line + Dictionary::kBucketSize) {
        *free_place = wanted;
        break;
      }
      bucket = bucket + 1 == buckets ? 0 : bucket + 1;
    }
  }
  std::uint32_t size = 0;
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    tables.bases[bucket] = size;
    const auto* line = tables.fingerprints.data() + bucket * Dictionary::kBucketSize;
    size += static_cast<std::uint32_t>(std::find(line, line + Dictionary::kBucketSize, std::uint16_t{0}) - line);
  }
  return tables;
}

}  // namespace tenor::text
