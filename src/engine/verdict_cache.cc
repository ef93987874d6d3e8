#include "engine/verdict_cache.h"

#include <random>
#include <string>
#include <vector>

namespace tenor::engine {

namespace {

// glibc's: a header of 8 bytes, a multiple of 16, at least 32.
constexpr std::size_t block(std::size_t bytes) {
  if (bytes == 0) return 0;
  const std::size_t rounded = (bytes + 8 + 15) / 16 * 16;
  return rounded < 32 ? 32 : rounded;
}

template <class T>
std::size_t memory_of(const std::vector<T>& items) {
  return block(items.capacity() * sizeof(T));
}

std::size_t memory_of(const std::string& text) {
  return text.capacity() < sizeof(std::string) / 2 ? 0 : block(text.capacity() + 1);
}

// Beside the object itself.
std::size_t memory_of(const TaskVerdict& task) {
  // A member that is new stops the compiler here: one that owns memory must be counted, one that points to what the
  // engine does not own must not be cached.
  const auto& [info, label, uncertain, probabilities, evidence, contributions, experts] = task;
  static_cast<void>(info);
  static_cast<void>(label);
  static_cast<void>(uncertain);
  static_cast<void>(probabilities);
  std::size_t bytes = memory_of(evidence) + memory_of(contributions) + memory_of(experts);
  for (const Contribution& item : contributions) bytes += memory_of(item.term);
  return bytes;
}

std::size_t memory_of(const SentenceVerdict& sentence) {
  const auto& [place, model, language, gated, overall, aspects] = sentence;
  static_cast<void>(place);
  static_cast<void>(model);
  static_cast<void>(language);
  static_cast<void>(gated);
  std::size_t bytes = memory_of(overall) + memory_of(aspects);
  for (const TaskVerdict& aspect : aspects) bytes += memory_of(aspect);
  return bytes;
}

Hash128 random_secret() {
  std::random_device device;
  const auto word = [&device] { return std::uint64_t{device()} << 32 | device(); };
  return {word(), word()};
}

}  // namespace

std::size_t memory_of(const Verdict& verdict) {
  const auto& [model, language, supported, overall, experts, aspects, readings, explained, explanation, gated, asked,
               method, facts, estimated, by_sentence, sentences, left_out, characters, invalid, pieces, unknown,
               cache] = verdict;
  static_cast<void>(model);
  static_cast<void>(language);
  static_cast<void>(supported);
  static_cast<void>(explained);
  static_cast<void>(explanation);
  static_cast<void>(gated);
  static_cast<void>(method);
  static_cast<void>(facts);
  static_cast<void>(estimated);
  static_cast<void>(by_sentence);
  static_cast<void>(left_out);
  static_cast<void>(characters);
  static_cast<void>(invalid);
  static_cast<void>(pieces);
  static_cast<void>(unknown);
  static_cast<void>(cache);
  constexpr std::size_t kReferenceCounts = 16;
  std::size_t bytes = block(sizeof(Verdict) + kReferenceCounts) + memory_of(overall);
  bytes += memory_of(experts) + memory_of(aspects) + memory_of(readings) + memory_of(asked) + memory_of(sentences);
  for (const TaskVerdict& aspect : aspects) bytes += memory_of(aspect);
  for (const SentenceVerdict& sentence : sentences) bytes += memory_of(sentence);
  return bytes;
}

VerdictCache::VerdictCache(std::size_t max_bytes) : VerdictCache(max_bytes, random_secret()) {}

VerdictCache::VerdictCache(std::size_t max_bytes, const Hash128& secret)
    : limit_(max_bytes / kShards), secret_(secret) {}

Hash128 VerdictCache::open_scope(std::string_view identity) {
  std::string scope(identity);
  {
    const std::lock_guard lock(scope_mutex_);
    scope += '\0' + std::to_string(++scopes_);
  }
  return siphash128(secret_, scope);
}

bool VerdictCache::look_up(const Hash128& key, Verdict& verdict, std::uint64_t misses) {
  std::shared_ptr<const Verdict> found;
  {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto place = shard.table.find(key);
    if (place == shard.table.end()) {
      shard.figures.misses += misses;
      return false;
    }
    ++shard.figures.hits;
    place->second->asked_for = true;
    found = place->second->verdict;
  }
  verdict = *found;
  return true;
}

void VerdictCache::insert(const Hash128& key, const Verdict& verdict) {
  auto kept = std::make_shared<const Verdict>(verdict);
  // The list's and the table's nodes, and the table's array, which is never more than twice as long as is needed.
  constexpr std::size_t kNodes = block(sizeof(Entry) + 2 * sizeof(void*)) +
                                 block(sizeof(Hash128) + sizeof(Ring::iterator) + 2 * sizeof(void*)) +
                                 2 * sizeof(void*);
  const std::size_t bytes = memory_of(*kept) + kNodes;
  if (bytes > limit_) return;
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  if (shard.table.contains(key)) return;
  shard.make_room(bytes, limit_);
  // Before the hand: the last place that it will come to.
  const auto place = shard.ring.insert(shard.hand, Entry{key, std::move(kept), bytes, false});
  shard.table.emplace(key, place);
  shard.figures.bytes += bytes;
}

// `bytes` <= `limit`, so that it ends: every entry is passed by at most once before it goes.
void VerdictCache::Shard::make_room(std::size_t bytes, std::size_t limit) {
  while (figures.bytes + bytes > limit) {
    if (hand == ring.end()) hand = ring.begin();
    if (hand->asked_for) {
      hand->asked_for = false;
      ++hand;
      continue;
    }
    figures.bytes -= hand->bytes;
    ++figures.evictions;
    table.erase(hand->key);
    hand = ring.erase(hand);
  }
}

VerdictCache::Figures VerdictCache::figures() const {
  Figures sum;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    sum.hits += shard.figures.hits;
    sum.misses += shard.figures.misses;
    sum.evictions += shard.figures.evictions;
    sum.entries += shard.table.size();
    sum.bytes += shard.figures.bytes;
  }
  sum.limit = limit_ * kShards;
  return sum;
}

}  // namespace tenor::engine
