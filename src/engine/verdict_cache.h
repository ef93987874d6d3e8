// Verdicts of texts that came before, in bounded memory: streams of opinions are full of reposts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "base/siphash.h"
#include "engine/verdict.h"

namespace tenor::engine {

// Bytes that a verdict holds, itself included, as the allocator counts them (a block costs 16 bytes more than was asked
// for, roughly).
std::size_t memory_of(const Verdict& verdict);

// Thread-safe: one lock a shard, held for a look-up in a table, never while a verdict is copied. Keys are 128-bit
// hashes with a secret of the cache's own, so clients cannot make texts collide; the cache holds neither texts nor
// options.
//
// A shard evicts by CLOCK (Corbató 1968: "A paging experiment with the Multics system"): an entry that was asked for
// since the hand last came by gets another round. New entries begin without one, so that a flood of texts that never
// return does not push out those that do.
class VerdictCache {
 public:
  static constexpr std::size_t kShards = 16;

  struct Figures {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t evictions = 0;
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;  // of entries, tables included; at most `limit`
    std::uint64_t limit = 0;
  };

  // Each shard gets its part of `max_bytes`; a verdict larger than that is not kept.
  explicit VerdictCache(std::size_t max_bytes);
  // A secret that is known: for tests.
  VerdictCache(std::size_t max_bytes, const Hash128& secret);
  VerdictCache(const VerdictCache&) = delete;
  VerdictCache& operator=(const VerdictCache&) = delete;

  // A hash key that no other call ever gets, whatever `identity` is: texts hashed with it meet only among themselves.
  // Verdicts point into their engine, so even two engines of equal models must not share them.
  Hash128 open_scope(std::string_view identity);

  // False and nothing changed where there is none.
  bool find(const Hash128& key, Verdict& verdict) { return look_up(key, verdict, 1); }
  // The same, but that there is none is not counted as a miss.
  bool peek(const Hash128& key, Verdict& verdict) { return look_up(key, verdict, 0); }
  // Nothing changes where the key is there already.
  void insert(const Hash128& key, const Verdict& verdict);

  // Of all shards, one after the other.
  Figures figures() const;

 private:
  struct Entry {
    Hash128 key;
    std::shared_ptr<const Verdict> verdict;
    std::size_t bytes = 0;
    bool asked_for = false;  // since the hand last came by
  };
  using Ring = std::list<Entry>;

  struct alignas(64) Shard {
    void make_room(std::size_t bytes, std::size_t limit);

    mutable std::mutex mutex;
    std::unordered_map<Hash128, Ring::iterator, Hash128Bits> table;
    Ring ring;
    Ring::iterator hand = ring.end();
    Figures figures;  // of this shard
  };

  bool look_up(const Hash128& key, Verdict& verdict, std::uint64_t misses);
  Shard& shard_of(const Hash128& key) { return shards_[key.high % kShards]; }

  const std::size_t limit_;  // of a shard
  const Hash128 secret_;
  std::array<Shard, kShards> shards_;
  std::mutex scope_mutex_;
  std::uint64_t scopes_ = 0;
};

}  // namespace tenor::engine
