#include "engine/verdict_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/test_support.h"

namespace tenor::engine {
namespace {

using namespace engine::testing;
using nlohmann::json;
using ::testing::UnorderedElementsAre;

std::vector<std::string> keys_of(const json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

class VerdictJsonTest : public ::testing::Test {
 protected:
  VerdictJsonTest() : engine_(open_toys({toy_zh(), toy_en()}).value()), scratch_(engine_.make_scratch()) {}

  json answer(std::string_view text, const Options& options, bool full) {
    Verdict verdict;
    const Status status = engine_.classify(text, options, *scratch_, verdict);
    EXPECT_TRUE(status) << status.error().message;
    std::string out;
    JsonWriter writer(out);
    writer.begin_object();
    full ? write_full_members(writer, verdict, text) : write_short_members(writer, verdict);
    writer.end_object();
    return json::parse(out);
  }

  Engine engine_;
  ScratchPtr scratch_;
};

TEST_F(VerdictJsonTest, TheShortAnswerHasItsDocumentedMembers) {
  const json short_answer = answer("好\xFF", {}, false);
  EXPECT_THAT(keys_of(short_answer), UnorderedElementsAre("label", "score", "probabilities", "language", "model",
                                                          "model_version", "characters", "invalid_bytes"));
  EXPECT_EQ(short_answer["label"], "positive");
  EXPECT_THAT(keys_of(short_answer["probabilities"]), UnorderedElementsAre("positive", "neutral", "negative"));
  EXPECT_EQ(short_answer["score"], short_answer["probabilities"]["positive"]);
  EXPECT_NEAR(short_answer["probabilities"]["positive"].get<double>() +
                  short_answer["probabilities"]["neutral"].get<double>() +
                  short_answer["probabilities"]["negative"].get<double>(),
              1, 2e-4);
  EXPECT_EQ(short_answer["language"], "zh");
  EXPECT_EQ(short_answer["model"], "toy-zh");
  EXPECT_EQ(short_answer["model_version"], "1.0");
  EXPECT_EQ(short_answer["characters"], 2);
  EXPECT_EQ(short_answer["invalid_bytes"], 1);
}

TEST_F(VerdictJsonTest, AFittedGateSpeaksInShortAnswersToo) {
  Verdict verdict;
  ASSERT_TRUE(engine_.classify("好", {}, *scratch_, verdict));
  verdict.gated = true;
  verdict.estimated_us = 12.34;
  verdict.overall.uncertain = true;
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  write_short_members(writer, verdict);
  writer.end_object();
  const json parsed = json::parse(out);
  EXPECT_EQ(parsed["uncertain"], true);
  EXPECT_EQ(parsed["gate"]["estimated_us"], 12.3);
  EXPECT_EQ(parsed["gate"]["asked"].size(), 2u);
}

TEST_F(VerdictJsonTest, SentencesAreUncertainByTheirOwnModelsGate) {
  Verdict verdict;
  ASSERT_TRUE(engine_.classify("好。差。", {.granularity = Granularity::sentence}, *scratch_, verdict));
  ASSERT_EQ(verdict.sentences.size(), 2u);
  verdict.sentences[1].gated = verdict.sentences[1].overall.uncertain = true;
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  write_sentence_members(writer, verdict, "好。差。");
  writer.end_object();
  const json sentences = json::parse(out)["sentences"];
  EXPECT_FALSE(sentences[0].contains("uncertain"));
  EXPECT_EQ(sentences[1]["uncertain"], true);
}

TEST_F(VerdictJsonTest, AnUnsupportedLanguageIsSaid) {
  engine_ = open_toys({toy_en()}).value();
  EXPECT_EQ(answer("好", {}, false)["language_supported"], false);
  EXPECT_FALSE(answer("good", {}, false).contains("language_supported"));
}

TEST_F(VerdictJsonTest, TheFullAnswerHasItsDocumentedMembers) {
  const std::string text = "味道好\xFF，👍位置差";
  const json full = answer(text, {.all_aspects = true, .explain = true}, true);
  EXPECT_THAT(keys_of(full), UnorderedElementsAre("label", "score", "probabilities", "language", "model",
                                                  "model_version", "characters", "invalid_bytes", "experts", "gate",
                                                  "precision", "aspects", "evidence", "terms", "explanation"));
  EXPECT_EQ(full["explanation"]["method"], "contributions");
  EXPECT_FALSE(full["explanation"].contains("microseconds")) << "the same text has the same answer";
  EXPECT_EQ(full["gate"]["method"], "average");
  EXPECT_EQ(full["gate"]["asked"], (json{"logistic_regression", "linear_svm"}));
  EXPECT_FALSE(full["gate"].contains("estimated_us")) << "nobody measured";
  ASSERT_EQ(full["experts"].size(), 2u);
  EXPECT_EQ(full["experts"][0]["name"], "logistic_regression");
  EXPECT_THAT(keys_of(full["experts"][1]["probabilities"]), UnorderedElementsAre("positive", "neutral", "negative"));
  ASSERT_EQ(full["aspects"].size(), 2u);
  for (const json& aspect : full["aspects"]) {
    EXPECT_THAT(keys_of(aspect), UnorderedElementsAre("name", "label", "score", "probabilities", "evidence", "terms"));
    EXPECT_THAT(keys_of(aspect["probabilities"]),
                UnorderedElementsAre("positive", "neutral", "negative", "not_mentioned"));
    EXPECT_EQ(aspect["score"], aspect["probabilities"][aspect["label"].get<std::string>()]);
  }
  ASSERT_FALSE(full["evidence"].empty());
  for (const json& span : full["evidence"]) {
    EXPECT_THAT(keys_of(span), UnorderedElementsAre("text", "start", "end", "byte_start", "byte_end", "weight"));
    const std::size_t begin = span["byte_start"], end = span["byte_end"];
    EXPECT_EQ(span["text"], text.substr(begin, end - begin));
  }
  for (const json& term : full["terms"]) {
    EXPECT_THAT(keys_of(term), UnorderedElementsAre("term", "count", "weight"));
  }
}

TEST_F(VerdictJsonTest, WhatWasNotAskedForIsNotThere) {
  const json plain = answer("好", {}, true);
  EXPECT_FALSE(plain.contains("aspects"));
  EXPECT_FALSE(plain.contains("evidence"));
  EXPECT_FALSE(plain.contains("terms"));
  const json aspects = answer("好", {.aspects = {"location"}}, true);
  EXPECT_EQ(aspects["aspects"].size(), 1u);
  EXPECT_FALSE(aspects["aspects"][0].contains("evidence"));
}

// Evidence is cut from what was sent, which need not be UTF-8; JSON must be.
TEST_F(VerdictJsonTest, EvidenceOfBrokenBytesIsStillJson) {
  ToyModel model = toy_zh();
  model.spaces[0].weights[hash_of("\xFF", model.ngrams)] = {5, 0, -5, 5, 0, -5};
  model.spaces[0].weights[hash_of("\"", model.ngrams)] = {5, 0, -5, 5, 0, -5};
  engine_ = open_toys({model}).value();
  const json full = answer("\xF0\x9F\"\x01", {.explain = true}, true);
  ASSERT_FALSE(full["evidence"].empty());
  EXPECT_THAT(full["evidence"][0]["text"].get<std::string>(), ::testing::HasSubstr("\xEF\xBF\xBD"));
}

}  // namespace
}  // namespace tenor::engine
