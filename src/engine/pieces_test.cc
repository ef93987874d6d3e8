// How much of a text a model does not know.
#include <gtest/gtest.h>

#include "engine/test_encoders.h"
#include "engine/test_support.h"

namespace tenor::engine {
namespace {

using namespace engine::testing;

TEST(Pieces, AreOccurrencesOfNgrams) {
  const auto engine = open_toys({toy_en()});  // words: good, bad, food
  ASSERT_TRUE(engine);
  const Verdict some = classify(*engine, "good food and good wine");
  EXPECT_EQ(some.pieces, 5u);
  EXPECT_EQ(some.unknown_pieces, 2u);
  EXPECT_EQ(classify(*engine, "good good").unknown_pieces, 0u);
  const Verdict none = classify(*engine, "some wine");
  EXPECT_EQ(none.pieces, 2u);
  EXPECT_EQ(none.unknown_pieces, 2u);
}

TEST(Pieces, AreThoseOfTheOverallTaskWhateverElseIsAsked) {
  const auto engine = open_toys({toy_zh()});  // 好, 差 overall; 味, 位 for aspects alone
  ASSERT_TRUE(engine);
  const Verdict overall = classify(*engine, "好味");
  const Verdict all = classify(*engine, "好味", {.all_aspects = true, .explain = true});
  EXPECT_EQ(overall.pieces, all.pieces);
  EXPECT_EQ(overall.unknown_pieces, all.unknown_pieces);
  EXPECT_EQ(overall.pieces - overall.unknown_pieces, 1u);
}

TEST(Pieces, AreTokensWhereAnEncoderAnswersAlone) {
  const bundle::Bundle bundle = encoder_bundle();
  const auto engine = Engine::open({&bundle, 1});
  ASSERT_TRUE(engine);
  const Verdict verdict = classify(*engine, "好吃好喝");  // 吃 and 喝 are no tokens
  EXPECT_EQ(verdict.pieces, 4u);
  EXPECT_EQ(verdict.unknown_pieces, 2u);
  EXPECT_EQ(verdict.readings[0].unknown_tokens, 2u);
}

}  // namespace
}  // namespace tenor::engine
