#include "serving/listening_analyzer.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "engine/test_support.h"

namespace tenor::serving {
namespace {

TEST(ListeningAnalyzer, TellsOfAnswersAlone) {
  auto engine = engine::testing::open_toys({engine::testing::toy_zh()});
  ASSERT_TRUE(engine) << engine.error().message;
  engine::VerdictCache cache(1 << 20);
  const EngineAnalyzer scoring(std::move(*engine), &cache);
  int heard = 0;
  bool all = false;
  const ListeningAnalyzer analyzer(scoring, [&](const engine::Options& options, const engine::Verdict& verdict) {
    ++heard;
    all = options.all_aspects && verdict.aspects.size() == 2;
  });
  EXPECT_EQ(analyzer.models().infos, scoring.models().infos);
  EXPECT_FALSE(analyzer.check({.aspects = {"nonsense"}}));
  const auto session = analyzer.open_session();
  engine::Verdict verdict;
  ASSERT_TRUE(session->classify("味道好", {.all_aspects = true}, verdict));
  EXPECT_TRUE(all);
  ASSERT_TRUE(session->classify("味道好", {.all_aspects = true}, verdict));  // from the cache: a text all the same
  EXPECT_FALSE(session->classify(" ", {}, verdict));
  EXPECT_EQ(heard, 2);
  EXPECT_FALSE(session->recall("差", {.all_aspects = true}, verdict));
  EXPECT_TRUE(session->recall("味道好", {.all_aspects = true}, verdict));
  EXPECT_EQ(heard, 3);
  const std::vector<std::string_view> texts = {"味道好", " ", "差"};
  std::vector<engine::Verdict> verdicts(3);
  std::vector<Status> statuses(3);
  session->classify_batch(texts, {.all_aspects = true}, verdicts, statuses);
  EXPECT_EQ(heard, 5);
  EXPECT_EQ(verdicts[0].cache, engine::CacheUse::hit);
  EXPECT_FALSE(statuses[1]);
}

}  // namespace
}  // namespace tenor::serving
