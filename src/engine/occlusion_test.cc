#include "engine/occlusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "engine/test_encoders.h"
#include "engine/verdict_json.h"
#include "text/utf8.h"

namespace tenor::engine {
namespace {

using namespace engine::testing;
using experts::EncoderExpert;
using experts::EncoderExpertScratch;

constexpr ExplainedLabel kPositive = {0, 3, 0};

class OcclusionTest : public ::testing::Test {
 protected:
  OcclusionTest() : bundle_(encoder_bundle()), expert_(open(bundle_)) {}

  static EncoderExpert open(const bundle::Bundle& bundle) {
    auto expert = EncoderExpert::open(bundle, bundle.manifest().experts.front(), 3, {});
    EXPECT_TRUE(expert) << expert.error().message;
    return std::move(*expert);
  }
  static std::vector<float> logits(const EncoderExpert& expert, std::string_view text) {
    EncoderExpertScratch scratch;
    std::vector<float> out(3);
    expert.score(text, scratch, out);
    return out;
  }
  static Occlusion look(const EncoderExpert& expert, std::string_view text, const OcclusionLimits& limits = {}) {
    EncoderExpertScratch scratch;
    Occlusion out;
    occlude(expert, text, logits(expert, text), kPositive, limits, scratch, out);
    return out;
  }
  Occlusion look(std::string_view text, const OcclusionLimits& limits = {}) const {
    return look(expert_, text, limits);
  }

  bundle::Bundle bundle_;
  EncoderExpert expert_;
};

std::string without(std::string_view text, const Occlusion::Part& part) {
  return std::string(text.substr(0, part.byte_begin)) + std::string(text.substr(part.byte_end));
}

std::string mixed(std::size_t words, std::size_t clause) {
  const char* const kWords[] = {"好", "差", "味", "位", "道", "很", "不"};
  std::string text;
  for (std::size_t w = 0; w < words; ++w) {
    text += kWords[(w * 5 + w / 7) % 7];
    if ((w + 1) % clause == 0) text += "，";
  }
  return text;
}

// All variants go through the encoder together; each must get what it gets alone, to the bit.
TEST_F(OcclusionTest, FallsAreThoseOfTheTextWithoutThePart) {
  for (const std::string& text : {std::string("味道很好，位差"), mixed(10, 4), mixed(13, 30), std::string("好 差")}) {
    const Occlusion seen = look(text);
    const std::vector<float> whole = logits(expert_, text);
    ASSERT_GT(seen.parts.size(), 1u);
    ASSERT_EQ(seen.falls.size(), seen.parts.size() * 3);
    for (std::size_t p = 0; p < seen.parts.size(); ++p) {
      const std::vector<float> rest = logits(expert_, without(text, seen.parts[p]));
      for (std::size_t l = 0; l < 3; ++l) EXPECT_EQ(seen.falls[p * 3 + l], whole[l] - rest[l]) << text << " part " << p;
    }
  }
}

TEST_F(OcclusionTest, ShortTextsAreCutIntoWords) {
  const Occlusion seen = look("味道好");
  ASSERT_EQ(seen.parts.size(), 3u);
  EXPECT_EQ(seen.parts[1].byte_begin, 3u);
  EXPECT_EQ(seen.parts[1].byte_end, 6u);
  EXPECT_EQ(seen.tokens, 3u * 4) << "two tokens are left, and two special ones";
}

TEST_F(OcclusionTest, OneWordIsComparedWithNothing) {
  const Occlusion seen = look("好");
  ASSERT_EQ(seen.parts.size(), 1u);
  EXPECT_EQ(seen.tokens, 2u);
  EXPECT_TRUE(look("\xFF").parts.empty()) << "BERT's tokenizer reads nothing there";
}

TEST_F(OcclusionTest, WhatIsInsideAPartAddsUpToIt) {
  const Occlusion seen = look(mixed(13, 4), {.passes = 11});
  std::size_t divided = 0;
  for (std::uint32_t p = 0; p < seen.parts.size(); ++p) {
    if (!seen.parts[p].divided) continue;
    ++divided;
    const std::vector<float> weights = seen.weights(kPositive);
    float inside = 0;
    for (std::size_t q = 0; q < seen.parts.size(); ++q) {
      if (seen.parts[q].inside != p) continue;
      inside += weights[q];
      EXPECT_GE(seen.parts[q].byte_begin, seen.parts[p].byte_begin);
      EXPECT_LE(seen.parts[q].byte_end, seen.parts[p].byte_end);
    }
    const auto fall = std::span(seen.falls).subspan(std::size_t{p} * 3, 3);
    EXPECT_NEAR(inside, fall[0] - (fall[1] + fall[2]) / 2, 1e-4);
    EXPECT_EQ(weights[p], 0);
  }
  EXPECT_GT(divided, 0u);
}

TEST_F(OcclusionTest, CostsAtMostItsPasses) {
  for (std::size_t words = 1; words < 80; ++words) {
    for (const std::size_t clause : {2, 5, 100}) {
      const std::string text = mixed(words, clause);
      EncoderExpertScratch scratch;
      const auto read = expert_.tokenize(text, scratch);
      const std::size_t plain = scratch.sequences.ids.size();
      EXPECT_LE(look(text).tokens, 11 * plain) << words;
      EXPECT_LE(look(text).parts.size(), 11u);
      EXPECT_EQ(read.windows, 1u);
    }
  }
}

TEST_F(OcclusionTest, CostsAtMostItsTokensForAMegabyte) {
  bundle::JsonObject windows;
  windows.set("method", "windows").set("overlap", 4);
  const EncoderExpert reads_all =
      open(encoder_bundle([&](bundle::Expert& expert) { expert.settings.set("long_text", windows); }));
  const std::string text = mixed((std::size_t{1} << 20) / 3, 9);
  const std::vector<float> whole(3, 0);
  for (const std::size_t most : {0, 16, 40, 200, 8192}) {
    for (const EncoderExpert* const expert : std::initializer_list<const EncoderExpert*>{&reads_all, &expert_}) {
      EncoderExpertScratch scratch;
      Occlusion seen;
      occlude(*expert, text, whole, kPositive, {.passes = 11, .most_tokens = most}, scratch, seen);
      EXPECT_LE(seen.tokens, most);
      EXPECT_EQ(seen.parts.size() > 0, most >= 40);
    }
  }
}

TEST_F(OcclusionTest, OfManyWindowsOneIsLookedAt) {
  bundle::JsonObject windows;
  windows.set("method", "windows").set("overlap", 0);
  const EncoderExpert reads_all =
      open(encoder_bundle([&](bundle::Expert& expert) { expert.settings.set("long_text", windows); }));
  std::string text;
  for (int i = 0; i < 14; ++i) text += "好";
  for (int i = 0; i < 14; ++i) text += "差";
  const std::vector<float> good = logits(reads_all, text.substr(0, 42)), bad = logits(reads_all, text.substr(42));
  const bool first = good[0] - (good[1] + good[2]) / 2 >= bad[0] - (bad[1] + bad[2]) / 2;
  const Occlusion seen = look(reads_all, text);
  ASSERT_FALSE(seen.parts.empty());
  for (const Occlusion::Part& part : seen.parts) EXPECT_EQ(part.byte_begin < 42, first);
}

TEST_F(OcclusionTest, ThreadsSeeTheSame) {
  const std::string text = mixed(13, 4);
  EncoderExpertScratch scratch;
  scratch.team = std::make_unique<ThreadTeam>(2);
  scratch.team_round_trip = 0;  // sharing always pays
  Occlusion shared;
  occlude(expert_, text, logits(expert_, text), kPositive, {}, scratch, shared);
  EXPECT_EQ(shared.falls, look(text).falls);
}

// From here on through the engine: evidence of a model that has encoders only.
class EncoderEvidenceTest : public ::testing::Test {
 protected:
  EncoderEvidenceTest() : bundle_(encoder_bundle()), engine_(Engine::open({&bundle_, 1}).value()) {}
  Verdict explained(std::string_view text) const {
    Verdict verdict;
    const Status status = engine_.classify(text, {.explain = true}, *engine_.make_scratch(), verdict);
    EXPECT_TRUE(status) << status.error().message;
    return verdict;
  }
  bundle::Bundle bundle_;
  Engine engine_;
};

TEST_F(EncoderEvidenceTest, OffsetsAreThoseOfTheOriginal) {
  for (const std::string text : {"味道很好，位差", "ｇｏｏｄ味道👍🏽很好！", "這個味道很好，\xFF位差",
                                 "cafe\u0301 好 差", "好…差", "½好"}) {
    const Verdict verdict = explained(text);
    ASSERT_FALSE(verdict.overall.evidence.empty()) << text;
    for (const Evidence& span : verdict.overall.evidence) {
      ASSERT_LT(span.byte_begin, span.byte_end);
      ASSERT_LE(span.byte_end, text.size());
      std::size_t characters = 0, begin = 0, end = 0;
      for (std::size_t i = 0; i < text.size(); i += text::decode(text, i).length, ++characters) {
        if (i == span.byte_begin) begin = characters;
        if (i < span.byte_end) end = characters + 1;
      }
      EXPECT_EQ(span.character_begin, begin) << text;
      EXPECT_EQ(span.character_end, end) << text;
      EXPECT_TRUE(std::isfinite(span.weight));
    }
  }
}

TEST_F(EncoderEvidenceTest, SaysWhatItCost) {
  const Verdict verdict = explained("味道很好");
  EXPECT_EQ(verdict.explanation.method, "occlusion");
  EXPECT_EQ(verdict.explanation.units, 4u);
  EXPECT_EQ(verdict.explanation.encoder_tokens, 20u);
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_full_members(json, verdict, "味道很好");
  json.end_object();
  EXPECT_THAT(text, ::testing::HasSubstr(R"("explanation":{"method":"occlusion","units":4,"encoder_tokens":20})"));
}

TEST_F(EncoderEvidenceTest, DoesNotDependOnWhatWasReadBefore) {
  const ScratchPtr scratch = engine_.make_scratch();
  Verdict first, other, again;
  ASSERT_TRUE(engine_.classify("味道很好，位差", {.explain = true}, *scratch, first));
  ASSERT_TRUE(engine_.classify(mixed(40, 3), {.explain = true}, *scratch, other));
  ASSERT_TRUE(engine_.classify("味道很好，位差", {.explain = true}, *scratch, again));
  ASSERT_EQ(first.overall.evidence.size(), again.overall.evidence.size());
  for (std::size_t i = 0; i < first.overall.evidence.size(); ++i) {
    EXPECT_EQ(first.overall.evidence[i].byte_begin, again.overall.evidence[i].byte_begin);
    EXPECT_EQ(first.overall.evidence[i].weight, again.overall.evidence[i].weight);
  }
}

TEST_F(EncoderEvidenceTest, ALongTextIsExplainedAtABoundedCost) {
  const Verdict verdict = explained(mixed((std::size_t{1} << 20) / 3, 9));
  EXPECT_LE(verdict.explanation.encoder_tokens, 11u * 16);
  EXPECT_FALSE(verdict.overall.evidence.empty());
}

}  // namespace
}  // namespace tenor::engine
