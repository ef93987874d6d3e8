#include "engine/verdict_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"

namespace tenor::engine {
namespace {

constexpr Hash128 kSecret = {1, 2};

Verdict verdict_of(std::uint32_t number, std::size_t evidence = 0) {
  Verdict verdict;
  verdict.characters = number;
  verdict.overall.evidence.resize(evidence);
  verdict.overall.contributions.resize(evidence / 2);
  for (Contribution& item : verdict.overall.contributions) item.term.assign(40, 'x');
  return verdict;
}

Hash128 key_of(std::uint64_t number) {
  return siphash128(kSecret, std::to_string(number));
}

TEST(VerdictCache, GivesBackWhatWasPut) {
  VerdictCache cache(1 << 20, kSecret);
  Verdict found = verdict_of(9, 3);
  EXPECT_FALSE(cache.find(key_of(1), found));
  EXPECT_EQ(found.characters, 9u);
  cache.insert(key_of(1), verdict_of(1, 5));
  cache.insert(key_of(1), verdict_of(2));  // too late
  ASSERT_TRUE(cache.find(key_of(1), found));
  EXPECT_EQ(found.characters, 1u);
  EXPECT_EQ(found.overall.evidence.size(), 5u);
  EXPECT_FALSE(cache.find(key_of(2), found));
  const auto figures = cache.figures();
  EXPECT_EQ(figures.hits, 1u);
  EXPECT_EQ(figures.misses, 2u);
  EXPECT_EQ(figures.entries, 1u);
  EXPECT_GE(figures.bytes, sizeof(Verdict));
}

TEST(VerdictCache, CountsWhatVerdictsOwn) {
  const std::size_t bare = memory_of(verdict_of(1));
  EXPECT_GE(bare, sizeof(Verdict));
  const std::size_t explained = memory_of(verdict_of(1, 8));
  EXPECT_GE(explained, bare + 8 * sizeof(Evidence) + 4 * sizeof(Contribution) + 4 * 41);
  Verdict with_aspects = verdict_of(1);
  with_aspects.aspects.assign(18, verdict_of(1, 8).overall);
  EXPECT_GE(memory_of(with_aspects), bare + 18 * (sizeof(TaskVerdict) + explained - bare));
}

TEST(VerdictCache, StaysWithinItsMemory) {
  constexpr std::size_t kLimit = 256 << 10;
  VerdictCache cache(kLimit, kSecret);
  Random random(3);
  for (std::uint32_t i = 0; i < 20000; ++i) {
    cache.insert(key_of(i), verdict_of(i, random.below(40)));
    if (i % 1000 == 0) {
      EXPECT_LE(cache.figures().bytes, kLimit);
    }
  }
  const auto figures = cache.figures();
  EXPECT_LE(figures.bytes, kLimit);
  EXPECT_GT(figures.bytes, kLimit / 2);
  EXPECT_EQ(figures.entries + figures.evictions, 20000u);
  Verdict found;
  EXPECT_TRUE(cache.find(key_of(19999), found));
  EXPECT_FALSE(cache.find(key_of(0), found));
}

TEST(VerdictCache, LeavesOutWhatIsLargerThanAShard) {
  VerdictCache cache(64 << 10, kSecret);
  cache.insert(key_of(1), verdict_of(1, 1000));
  EXPECT_EQ(cache.figures().entries, 0u);
  EXPECT_EQ(cache.figures().evictions, 0u);
  VerdictCache none(0, kSecret);
  none.insert(key_of(1), verdict_of(1));
  EXPECT_EQ(none.figures().bytes, 0u);
}

TEST(VerdictCache, TextsThatReturnOutliveAFloodOfThoseThatDoNot) {
  VerdictCache cache(256 << 10, kSecret);
  Verdict found;
  for (std::uint32_t i = 0; i < 50; ++i) cache.insert(key_of(i), verdict_of(i));
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    cache.insert(key_of(1000 + i), verdict_of(i));
    cache.find(key_of(i % 50), found);
  }
  for (std::uint32_t i = 0; i < 50; ++i) kept += cache.find(key_of(i), found) ? 1 : 0;
  EXPECT_EQ(kept, 50u);
  EXPECT_GT(cache.figures().evictions, 4000u);
}

TEST(VerdictCache, ScopesNeverMeet) {
  VerdictCache cache(1 << 20);
  VerdictCache other(1 << 20);
  const Hash128 first = cache.open_scope("model a");
  EXPECT_NE(first, cache.open_scope("model a"));
  EXPECT_NE(first, cache.open_scope("model b"));
  EXPECT_NE(first, other.open_scope("model a"));  // secrets differ
}

TEST(VerdictCache, ThreadsShareIt) {
  VerdictCache cache(128 << 10, kSecret);
  std::atomic<std::uint64_t> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Random random(t);
      Verdict found;
      for (int i = 0; i < 5000; ++i) {
        const auto number = static_cast<std::uint32_t>(random.below(400));
        if (cache.find(key_of(number), found)) {
          wrong += found.characters == number && found.overall.evidence.size() == number % 20 ? 0 : 1;
        } else {
          cache.insert(key_of(number), verdict_of(number, number % 20));
        }
        if (i % 1000 == 0) wrong += cache.figures().bytes > (128u << 10) ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0u);
  const auto figures = cache.figures();
  EXPECT_EQ(figures.hits + figures.misses, 20000u);
  EXPECT_GT(figures.evictions, 0u);
}

}  // namespace
}  // namespace tenor::engine
