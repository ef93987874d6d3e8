#include "serving/analyzer.h"

#include <gtest/gtest.h>

#include "engine/test_support.h"

namespace tenor::serving {
namespace {

using engine::CacheUse;

TEST(EngineAnalyzer, SessionsShareTheCache) {
  auto engine = engine::testing::open_toys({engine::testing::toy_zh()});
  ASSERT_TRUE(engine) << engine.error().message;
  engine::VerdictCache cache(1 << 20);
  const EngineAnalyzer analyzer(std::move(*engine), &cache);
  const auto first = analyzer.open_session();
  const auto second = analyzer.open_session();
  engine::Verdict verdict;
  ASSERT_TRUE(first->classify("味道好", {}, verdict));
  EXPECT_EQ(verdict.cache, CacheUse::miss);
  ASSERT_TRUE(second->classify("味道好", {}, verdict));
  EXPECT_EQ(verdict.cache, CacheUse::hit);
  EXPECT_EQ(verdict.model, analyzer.models().infos[0]);
  ASSERT_TRUE(second->classify("味道好", {.all_aspects = true}, verdict));
  EXPECT_EQ(verdict.cache, CacheUse::miss);
  EXPECT_EQ(cache.figures().entries, 2u);
  EXPECT_EQ(cache.figures().misses, 2u);
  EXPECT_TRUE(first->recall("味道好", {}, verdict));
  EXPECT_EQ(verdict.cache, CacheUse::hit);
  EXPECT_FALSE(first->recall("味道差", {}, verdict));
  EXPECT_FALSE(first->recall("味道好", {.deadline_us = 1e6}, verdict));
  EXPECT_EQ(cache.figures().misses, 2u);
  EXPECT_GT(first->tokenize_seconds(), 0);
}

TEST(EngineAnalyzer, WorksWithoutACache) {
  auto engine = engine::testing::open_toys({engine::testing::toy_zh()});
  ASSERT_TRUE(engine);
  const EngineAnalyzer analyzer(std::move(*engine));
  const auto session = analyzer.open_session();
  engine::Verdict verdict;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(session->classify("味道好", {}, verdict));
    EXPECT_EQ(verdict.cache, CacheUse::none);
    EXPECT_FALSE(session->recall("味道好", {}, verdict));
  }
}

}  // namespace
}  // namespace tenor::serving
