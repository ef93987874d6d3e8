// One scratch after another text, and one engine under many threads.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/engine.h"
#include "engine/model.h"
#include "engine/test_support.h"
#include "text/utf8.h"

namespace tenor::engine {
namespace {

using namespace engine::testing;

// Chinese, Latin, emoji, broken bytes and white space, in no order.
std::string random_text(Random& random, std::size_t pieces) {
  static constexpr const char* kPieces[] = {"好", "差",       "味道", "不", " ",    "good", "don't",
                                            "x",  "\xFF",     "😀",    "，", "\n\n", "Ａ",   "e\u0301",
                                            ":)", "terrible", "½",    "…",  "服務"};
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) text += kPieces[random.below(std::size(kPieces))];
  return text;
}

std::vector<std::string> random_texts(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i)
    texts.push_back(random_text(random, 1 + random.below(random.below(5) == 0 ? 500 : 20)));
  return texts;
}

Engine random_engine(const std::vector<std::string>& texts) {
  ToyModel zh = random_model({.char_max = 3, .boundaries = true, .negation_scope = 3}, texts, 1);
  zh.languages = {"zh"};
  ToyModel en = random_model({.word_max = 2, .subword_min = 3, .subword_max = 4}, texts, 2);
  en.languages = {"en"};
  return open_toys({zh, en}).value();
}

void expect_same(const TaskVerdict& a, const TaskVerdict& b, const std::string& text) {
  EXPECT_EQ(a.task, b.task) << text;
  EXPECT_EQ(a.label, b.label) << text;
  EXPECT_EQ(a.probabilities, b.probabilities) << text;
  ASSERT_EQ(a.evidence.size(), b.evidence.size()) << text;
  for (std::size_t i = 0; i < a.evidence.size(); ++i) {
    EXPECT_EQ(a.evidence[i].byte_begin, b.evidence[i].byte_begin) << text;
    EXPECT_EQ(a.evidence[i].character_end, b.evidence[i].character_end) << text;
    EXPECT_EQ(a.evidence[i].weight, b.evidence[i].weight) << text;
  }
  ASSERT_EQ(a.contributions.size(), b.contributions.size()) << text;
  for (std::size_t i = 0; i < a.contributions.size(); ++i) {
    EXPECT_EQ(a.contributions[i].term, b.contributions[i].term) << text;
    EXPECT_EQ(a.contributions[i].weight, b.contributions[i].weight) << text;
  }
}

void expect_same(const Verdict& a, const Verdict& b, const std::string& text) {
  EXPECT_EQ(a.model, b.model) << text;
  EXPECT_EQ(a.language, b.language) << text;
  EXPECT_EQ(a.characters, b.characters) << text;
  EXPECT_EQ(a.invalid_bytes, b.invalid_bytes) << text;
  expect_same(a.overall, b.overall, text);
  ASSERT_EQ(a.aspects.size(), b.aspects.size()) << text;
  for (std::size_t i = 0; i < a.aspects.size(); ++i) expect_same(a.aspects[i], b.aspects[i], text);
}

const Options kEverything{.all_aspects = true, .explain = true};

TEST(ScratchTest, AUsedScratchAnswersAsAFreshOne) {
  const std::vector<std::string> texts = random_texts(300, 5);
  const Engine engine = random_engine(texts);
  const ScratchPtr used = engine.make_scratch();
  Verdict reused;
  for (const std::string& text : texts) {
    Verdict fresh;
    const Status first = engine.classify(text, kEverything, *engine.make_scratch(), fresh);
    const Status second = engine.classify(text, kEverything, *used, reused);
    ASSERT_EQ(first.has_value(), second.has_value()) << text;
    if (first) expect_same(fresh, reused, text);
  }
}

TEST(ScratchTest, ExplainingChangesNoAnswer) {
  const std::vector<std::string> texts = random_texts(50, 6);
  const Engine engine = random_engine(texts);
  const ScratchPtr scratch = engine.make_scratch();
  Verdict plain, explained;
  for (const std::string& text : texts) {
    if (!engine.classify(text, {.all_aspects = true}, *scratch, plain)) continue;
    ASSERT_TRUE(engine.classify(text, kEverything, *scratch, explained));
    EXPECT_EQ(plain.overall.probabilities, explained.overall.probabilities) << text;
    for (std::size_t i = 0; i < plain.aspects.size(); ++i) {
      EXPECT_EQ(plain.aspects[i].probabilities, explained.aspects[i].probabilities) << text;
    }
  }
}

TEST(ScratchTest, EightThreadsShareOneEngine) {
  const std::vector<std::string> texts = random_texts(100, 7);
  const Engine engine = random_engine(texts);
  std::vector<Verdict> expected(texts.size());
  std::vector<bool> answered(texts.size());
  const ScratchPtr scratch = engine.make_scratch();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    answered[i] = engine.classify(texts[i], kEverything, *scratch, expected[i]).has_value();
  }
  std::atomic<int> differences = 0;
  const auto work = [&](std::size_t first) {
    const ScratchPtr own = engine.make_scratch();
    Verdict verdict;
    for (std::size_t n = 0; n < 3 * texts.size(); ++n) {
      const std::size_t i = (first * 13 + n) % texts.size();
      const bool ok = engine.classify(texts[i], kEverything, *own, verdict).has_value();
      if (ok != answered[i]) ++differences;
      if (ok && (verdict.overall.probabilities != expected[i].overall.probabilities ||
                 verdict.overall.evidence.size() != expected[i].overall.evidence.size())) {
        ++differences;
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 8; ++t) threads.emplace_back(work, t);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(differences, 0);
}

std::string megabyte(const std::string& piece) {
  std::string text;
  while (text.size() < (std::size_t{1} << 20)) text += piece;
  return text;
}

TEST(ScratchTest, AMegabyteIsAnsweredInFull) {
  const Engine engine = open_toys({toy_zh(), toy_en()}).value();
  const ScratchPtr scratch = engine.make_scratch();
  Verdict verdict;
  // What decides stands at the very end.
  ASSERT_TRUE(engine.classify(megabyte("路上，") + "差", kEverything, *scratch, verdict));
  EXPECT_EQ(verdict.overall.label_name(), "negative");
  ASSERT_EQ(verdict.overall.evidence.size(), 1u);
  EXPECT_EQ(verdict.overall.evidence[0].character_end, verdict.characters);
  ASSERT_TRUE(engine.classify(megabyte("the road ") + "good", kEverything, *scratch, verdict));
  EXPECT_EQ(verdict.overall.label_name(), "positive");
}

// One long text must not leave a thread of the server with its memory for good.
TEST(ScratchTest, AMegabytesMemoryIsGivenBack) {
  const std::vector<std::string> texts = random_texts(20, 8);
  const Engine engine = random_engine(texts);
  const ScratchPtr scratch = engine.make_scratch();
  Verdict verdict;
  for (const std::string& piece : {std::string("味道好，"), std::string("not good food "), megabyte("x")}) {
    ASSERT_TRUE(engine.classify(megabyte(piece), kEverything, *scratch, verdict));
    ASSERT_TRUE(engine.classify("好 good", kEverything, *scratch, verdict));
    constexpr std::size_t kFew = 100000;
    EXPECT_LT(scratch->normalized.chars.capacity(), kFew);
    EXPECT_LT(scratch->normalized.byte_begin.capacity(), kFew);
    EXPECT_LT(scratch->normalized.byte_end.capacity(), kFew);
    EXPECT_LT(scratch->ngram_scratch.words.capacity(), kFew);
    EXPECT_LT(scratch->ngram_scratch.letters.capacity(), kFew);
    for (const Scratch::Space& space : scratch->spaces) {
      EXPECT_LT(space.features.ids.capacity(), kFew);
      EXPECT_LT(space.features.values.capacity(), kFew);
    }
    EXPECT_LT(scratch->character_weights.capacity(), kFew);
  }
}

// An explained text has thousands of features; a verdict, of which a batch holds many, keeps the few that were asked
// for.
TEST(ScratchTest, AVerdictHoldsOnlyTheEvidenceAskedFor) {
  std::string text;
  for (char32_t c = 0x4E00; c < 0x4E00 + 2000; ++c) text::append_utf8(text, c);
  const Engine engine = open_toys({random_model({.char_max = 2}, {text}, 3)}).value();
  Verdict verdict;
  ASSERT_TRUE(engine.classify(text, kEverything, *engine.make_scratch(), verdict));
  for (const TaskVerdict* task : {&verdict.overall, &verdict.aspects[0], &verdict.aspects[1]}) {
    EXPECT_EQ(task->contributions.size(), kEverything.max_evidence);
    EXPECT_LE(task->contributions.capacity(), 64u);
    EXPECT_LE(task->evidence.capacity(), 64u);
  }
}

}  // namespace
}  // namespace tenor::engine
