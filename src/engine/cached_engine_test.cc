#include "engine/cached_engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "engine/test_encoders.h"
#include "engine/test_support.h"
#include "engine/verdict_json.h"

namespace tenor::engine {
namespace {

using testing::encoder_bundle;
using testing::random_model;
using testing::toy_bundle;
using testing::toy_en;
using testing::toy_zh;

const std::vector<std::string> kReposts = {
    "味道很好",   "味道 很好",  "味道很好！",    "很差",     "好吃不贵，位置差", "good food",
    "GOOD food",  "bad",        "ｇｏｏｄ food", "好 :) 差", "\xff好\xfe",       "好\xef\xbf\xbd",
    "臺灣味道好", "台湾味道好", "\t\n",          "",         "位位位位不好"};

// Every number to the bit, every name, every place.
std::string print(const Status& status, const Verdict& verdict, std::string_view text) {
  if (!status) return std::string(to_string(status.error().code)) + ": " + status.error().message;
  std::string out = verdict.model->digest + (verdict.explained ? "e" : "") + (verdict.language_supported ? "s" : "");
  JsonWriter json(out);
  json.begin_object();
  write_full_members(json, verdict, text);
  json.end_object();
  const auto add = [&out](float number) { out += ' ' + std::to_string(std::bit_cast<std::uint32_t>(number)); };
  const auto add_task = [&](const TaskVerdict& task) {
    for (const float p : task.probabilities) add(p);
    for (const Evidence& span : task.evidence) add(span.weight);
    for (const Contribution& item : task.contributions) add(item.weight);
    for (const ExpertAnswer& answer : task.experts) {
      out += std::string(answer.expert);
      for (const float p : answer.probabilities) add(p);
    }
  };
  add_task(verdict.overall);
  for (const TaskVerdict& aspect : verdict.aspects) add_task(aspect);
  for (const ExpertAnswer& answer : verdict.experts) {
    for (const float p : answer.probabilities) add(p);
  }
  for (const Reading& reading : verdict.readings) add(reading.coverage);
  return out;
}

std::vector<Options> all_options() {
  std::vector<Options> all;
  for (const std::optional<text::Language> language : {std::optional<text::Language>{}, {text::Language::en}}) {
    for (const std::optional<Budget> budget : {std::optional<Budget>{}, {Budget::fast}, {Budget::best}}) {
      for (const bool explain : {false, true}) {
        for (const bool experts : {false, true}) {
          for (int aspects = 0; aspects < 4; ++aspects) {
            Options options{.language = language, .budget = budget, .all_aspects = aspects == 1};
            if (aspects == 2) options.aspects = {"food_taste"};
            if (aspects == 3) options.aspects = {"nonsense"};
            options.explain = explain;
            options.experts = experts;
            options.max_evidence = explain && aspects == 1 ? 2 : 8;
            all.push_back(options);
          }
        }
      }
    }
  }
  return all;
}

// Texts of which three in ten came before, byte by byte.
std::vector<std::string> stream(std::size_t length, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < length; ++i) {
    if (i > 0 && random.below(10) < 3) {
      texts.push_back(texts[random.below(i)]);
      continue;
    }
    std::string text = kReposts[random.below(kReposts.size())];
    while (random.below(3) > 0) text += kReposts[random.below(kReposts.size())];
    texts.push_back(text);
  }
  return texts;
}

std::vector<Result<Engine>> engines() {
  std::vector<Result<Engine>> all;
  all.push_back(Engine::open(std::vector{toy_bundle(toy_zh()), toy_bundle(toy_en())}));
  all.push_back(Engine::open(std::vector{toy_bundle(random_model({.char_max = 3, .word_max = 2}, kReposts, 1))}));
  all.push_back(Engine::open(std::vector{encoder_bundle()}));
  return all;
}

TEST(CachedEngine, AnswersAsTheEngineDoesUnderAllOptions) {
  VerdictCache cache(8 << 20);
  const auto texts = stream(150, 5);
  for (const auto& engine : engines()) {
    ASSERT_TRUE(engine) << engine.error().message;
    const CachedEngine cached(*engine, &cache);
    const auto scratch = engine->make_scratch();
    Verdict plain;
    Verdict reused;
    std::uint64_t hits = 0;
    for (const Options& options : all_options()) {
      for (const std::string& text : texts) {
        const auto expected = engine->classify(text, options, *scratch, plain);
        const auto status = cached.classify(text, options, *scratch, reused);
        ASSERT_EQ(print(status, reused, text), print(expected, plain, text)) << text;
        hits += status && reused.cache == CacheUse::hit ? 1 : 0;
      }
    }
    EXPECT_GT(hits, texts.size() * all_options().size() * 2 / 10);
  }
}

TEST(CachedEngine, BatchesAreAnsweredAsTheirTextsAlone) {
  const auto texts = stream(300, 7);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const std::vector<Options> asked = {
      {}, {.all_aspects = true, .granularity = Granularity::sentence}, {.explain = true}};
  for (const auto& engine : engines()) {
    ASSERT_TRUE(engine) << engine.error().message;
    const auto scratch = engine->make_scratch();
    for (const std::size_t bytes : {std::size_t{8} << 20, std::size_t{0}}) {
      VerdictCache cache(bytes);
      const CachedEngine cached(*engine, &cache);
      std::vector<Verdict> verdicts(texts.size());
      std::vector<Status> statuses(texts.size());
      for (const Options& options : asked) {
        for (std::size_t begin = 0; begin < texts.size(); begin += 100) {
          cached.classify_batch(std::span(views).subspan(begin, 100), options, *scratch,
                                std::span(verdicts).subspan(begin, 100), std::span(statuses).subspan(begin, 100));
        }
        Verdict plain;
        std::set<std::string_view> before;
        for (std::size_t i = 0; i < texts.size(); ++i) {
          const auto expected = engine->classify(texts[i], options, *scratch, plain);
          ASSERT_EQ(print(statuses[i], verdicts[i], texts[i]), print(expected, plain, texts[i])) << texts[i];
          if (!expected) continue;
          EXPECT_EQ(verdicts[i].pieces, plain.pieces);
          EXPECT_EQ(verdicts[i].unknown_pieces, plain.unknown_pieces);
          EXPECT_EQ(verdicts[i].sentences.size(), plain.sentences.size());
          const bool again = !before.insert(texts[i]).second;
          if (bytes == 0) continue;
          EXPECT_EQ(verdicts[i].cache, again ? CacheUse::hit : CacheUse::miss) << i;
        }
      }
      const auto figures = cache.figures();
      EXPECT_EQ(figures.hits + figures.misses, texts.size() * asked.size());
    }
  }
}

TEST(CachedEngine, AnswersUnderADeadlineAreNeitherKeptNorLookedUp) {
  const auto engine = testing::open_toys({toy_zh()});
  ASSERT_TRUE(engine);
  VerdictCache cache(1 << 20);
  const CachedEngine cached(*engine, &cache);
  const auto scratch = engine->make_scratch();
  const Options hurried{.deadline_us = 1000};
  Verdict verdict;
  const std::vector<std::string_view> texts = {"好", "好"};
  std::vector<Verdict> verdicts(2);
  std::vector<Status> statuses(2);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(cached.classify("好", hurried, *scratch, verdict));
    EXPECT_EQ(verdict.cache, CacheUse::none);
    cached.classify_batch(texts, hurried, *scratch, verdicts, statuses);
    for (const Verdict& one : verdicts) EXPECT_EQ(one.cache, CacheUse::none);
  }
  EXPECT_EQ(cache.figures().entries, 0u);
  EXPECT_EQ(cache.figures().misses, 0u);
}

TEST(CachedEngine, TextsThatNormaliseEquallyAreTwoTexts) {
  const auto engine = testing::open_toys({toy_zh()});
  ASSERT_TRUE(engine);
  VerdictCache cache(1 << 20);
  const CachedEngine cached(*engine, &cache);
  const auto scratch = engine->make_scratch();
  Verdict verdict;
  ASSERT_TRUE(cached.classify("好  吃", {.explain = true}, *scratch, verdict));
  ASSERT_TRUE(cached.classify("好 吃", {.explain = true}, *scratch, verdict));
  EXPECT_EQ(verdict.cache, CacheUse::miss);
  EXPECT_EQ(verdict.characters, 3u);
}

TEST(CachedEngine, ModelsSharingACacheNeverShareAnswers) {
  auto louder = toy_zh();
  louder.spaces[0].weights.begin()->second = {9, 0, -9, 9, 0, -9};
  const auto first = testing::open_toys({toy_zh()});
  const auto second = testing::open_toys({louder});
  const auto twin = testing::open_toys({toy_zh()});
  ASSERT_TRUE(first && second && twin);
  ASSERT_NE(first->models()[0]->digest, second->models()[0]->digest);
  VerdictCache cache(1 << 20);
  for (const auto* engine : {&*first, &*second, &*twin}) {
    const CachedEngine cached(*engine, &cache);
    const auto scratch = engine->make_scratch();
    Verdict verdict;
    Verdict plain;
    for (const std::string& text : kReposts) {
      const auto expected = engine->classify(text, {}, *scratch, plain);
      const auto status = cached.classify(text, {}, *scratch, verdict);
      EXPECT_EQ(print(status, verdict, text), print(expected, plain, text));
      if (!status) continue;
      EXPECT_EQ(verdict.cache, CacheUse::miss);
      EXPECT_EQ(verdict.model, engine->models()[0]);
    }
  }
}

TEST(CachedEngine, OptionsThatDifferHaveKeysThatDiffer) {
  std::set<std::string> keys;
  for (const Options& options : all_options()) keys.insert(options_key(options));
  EXPECT_EQ(keys.size(), all_options().size());
  EXPECT_NE(options_key({.aspects = {"ab", "c"}}), options_key({.aspects = {"a", "bc"}}));
  EXPECT_NE(options_key({.max_evidence = 8}), options_key({.max_evidence = 9}));
  const std::set<std::string> spendings = {
      options_key({}),
      options_key({.budget = Budget::fast}),
      options_key({.budget = Budget::balanced}),
      options_key({.budget_us = 100}),
      options_key({.budget_us = 100.5}),
      options_key({.deadline_us = 100}),
      options_key({.method = gate::Method::vote}),
      options_key({.method = gate::Method::learned}),
      options_key({.facts = true}),
  };
  EXPECT_EQ(spendings.size(), 9u);
}

TEST(CachedEngine, KeepsNoErrorsAndSaysWhereAnAnswerCameFrom) {
  const auto engine = testing::open_toys({toy_zh()});
  ASSERT_TRUE(engine);
  VerdictCache cache(1 << 20);
  const CachedEngine cached(*engine, &cache);
  const CachedEngine uncached(*engine, nullptr);
  const auto scratch = engine->make_scratch();
  Verdict verdict;
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(cached.classify("  ", {}, *scratch, verdict));
  EXPECT_EQ(cache.figures().entries, 0u);
  ASSERT_TRUE(cached.classify("好", {}, *scratch, verdict));
  EXPECT_EQ(verdict.cache, CacheUse::miss);
  ASSERT_TRUE(cached.classify("好", {}, *scratch, verdict));
  EXPECT_EQ(verdict.cache, CacheUse::hit);
  ASSERT_TRUE(uncached.classify("好", {}, *scratch, verdict));
  EXPECT_EQ(verdict.cache, CacheUse::none);
}

TEST(CachedEngine, ThreadsShareOne) {
  const auto engine = Engine::open(std::vector{encoder_bundle()});
  ASSERT_TRUE(engine);
  const auto texts = stream(200, 11);
  VerdictCache cache(32 << 10);  // small: entries come and go
  const CachedEngine cached(*engine, &cache);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      const auto scratch = engine->make_scratch();
      Verdict plain;
      Verdict verdict;
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string& text = texts[(i + t * 50) % texts.size()];
        const auto expected = engine->classify(text, {}, *scratch, plain);
        const auto status = cached.classify(text, {}, *scratch, verdict);
        wrong += print(status, verdict, text) == print(expected, plain, text) ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace tenor::engine
