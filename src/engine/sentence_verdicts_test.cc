#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "engine/engine.h"
#include "engine/test_encoders.h"
#include "engine/test_support.h"
#include "engine/verdict_json.h"

namespace tenor::engine {
namespace {

using namespace engine::testing;

std::string_view part(std::string_view text, const SentenceVerdict& sentence) {
  return text.substr(sentence.place.byte_begin, sentence.place.byte_end - sentence.place.byte_begin);
}

Engine with_encoder() {
  const bundle::Bundle bundle = encoder_bundle();
  return Engine::open({&bundle, 1}).value();
}

// One batch for all of them, and still each gets, to the bit, what it gets alone.
TEST(SentenceVerdictsTest, SentencesAreAnsweredAsIfAlone) {
  const std::string text = "味道好。位差！很好？不不不味道好很差味位道好好好好！\n😋 The bad. good";
  const Engine models[] = {with_encoder(), open_toys({toy_zh(), toy_en()}).value()};
  for (const Engine& engine : models) {
    const Verdict verdict = classify(engine, text, {.granularity = Granularity::sentence});
    ASSERT_GE(verdict.sentences.size(), 6u);
    for (const SentenceVerdict& sentence : verdict.sentences) {
      const Verdict alone = classify(engine, part(text, sentence), {.language = sentence.language});
      EXPECT_EQ(sentence.overall.probabilities, alone.overall.probabilities) << part(text, sentence);
      EXPECT_EQ(sentence.overall.label, alone.overall.label);
      EXPECT_EQ(sentence.model, alone.model);
    }
  }
}

TEST(SentenceVerdictsTest, TheTextsOwnVerdictStaysTheSame) {
  const std::string text = "味道好。位差！很好\n不好";
  const Engine engine = with_encoder();
  const Options whole{.explain = true}, cut{.explain = true, .granularity = Granularity::sentence};
  const Verdict plain = classify(engine, text, whole), verdict = classify(engine, text, cut);
  EXPECT_TRUE(plain.sentences.empty() && !plain.by_sentence);
  EXPECT_EQ(verdict.overall.probabilities, plain.overall.probabilities);
  EXPECT_EQ(verdict.characters, plain.characters);
  ASSERT_EQ(verdict.readings.size(), 1u);
  EXPECT_EQ(verdict.readings[0].tokens, plain.readings[0].tokens);
  ASSERT_EQ(verdict.overall.evidence.size(), plain.overall.evidence.size());
  for (std::size_t i = 0; i < plain.overall.evidence.size(); ++i) {
    EXPECT_EQ(verdict.overall.evidence[i].weight, plain.overall.evidence[i].weight);
  }
  const ScratchPtr scratch = engine.make_scratch();
  Verdict again;
  ASSERT_TRUE(engine.classify(text, cut, *scratch, again));
  ASSERT_TRUE(engine.classify(text, whole, *scratch, again)) << "nothing read ahead is left over";
  EXPECT_EQ(again.overall.probabilities, plain.overall.probabilities);
  EXPECT_TRUE(again.sentences.empty());
}

TEST(SentenceVerdictsTest, EachGoesToTheModelOfItsLanguage) {
  const Engine engine = open_toys({toy_zh(), toy_en()}).value();
  const Verdict verdict = classify(engine, "味道好。The food was bad. 5!", {.granularity = Granularity::sentence});
  ASSERT_EQ(verdict.sentences.size(), 3u);
  EXPECT_EQ(verdict.sentences[0].model->name, "toy-zh");
  EXPECT_EQ(verdict.sentences[1].model->name, "toy-en");
  EXPECT_EQ(verdict.sentences[2].language, verdict.language) << "no words: as the text";
  const Verdict forced = classify(engine, "味道好。The food was bad.",
                                  {.language = text::Language::en, .granularity = Granularity::sentence});
  for (const SentenceVerdict& sentence : forced.sentences) EXPECT_EQ(sentence.model->name, "toy-en");
  const Verdict named =
      classify(engine, "味道好。The food was bad. 5!", {.model = "toy-zh", .granularity = Granularity::sentence});
  ASSERT_EQ(named.sentences.size(), 3u);
  for (const SentenceVerdict& sentence : named.sentences) EXPECT_EQ(sentence.model->name, "toy-zh");
}

TEST(SentenceVerdictsTest, AspectsAreThoseThatTheSentencesModelKnows) {
  const Engine engine = open_toys({toy_zh(), toy_en()}).value();
  const std::string text = "味道好，味道好。Good food.";
  const Verdict verdict = classify(engine, text, {.aspects = {"food_taste"}, .granularity = Granularity::sentence});
  ASSERT_EQ(verdict.sentences.size(), 2u);
  ASSERT_EQ(verdict.sentences[0].aspects.size(), 1u);
  EXPECT_EQ(verdict.sentences[0].aspects[0].label_name(), "positive");
  EXPECT_TRUE(verdict.sentences[1].aspects.empty());
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_sentence_members(json, verdict, text);
  json.end_object();
  const auto parsed = nlohmann::json::parse(out);
  EXPECT_EQ(parsed["sentences"][0]["text"], "味道好，味道好。");
  EXPECT_EQ(parsed["sentences"][0]["end"], 8);
  EXPECT_EQ(parsed["sentences"][0]["aspects"][0]["name"], "food_taste");
  EXPECT_EQ(parsed["sentences"][1]["model"], "toy-en");
  EXPECT_FALSE(parsed.contains("sentences_left_out"));
}

TEST(SentenceVerdictsTest, WhatIsLeftOutIsCounted) {
  std::string text;
  for (std::size_t i = 0; i < kMaxSentences + 7; ++i) text += "好。";
  const Engine engine = with_encoder();
  const Verdict verdict = classify(engine, text, {.granularity = Granularity::sentence});
  EXPECT_EQ(verdict.sentences.size(), kMaxSentences);
  EXPECT_EQ(verdict.sentences_left_out, 7u);
}

}  // namespace
}  // namespace tenor::engine
