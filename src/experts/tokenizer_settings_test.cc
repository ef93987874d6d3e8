#include "experts/tokenizer_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::experts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<TokenizerSettings> read_tokenizer(std::string_view json) {
  return read_tokenizer_settings(bundle::JsonObject::parse(json).value());
}

std::vector<text::TokenId> ids(const text::Tokenizer& tokenizer, std::string_view text) {
  text::Tokenizer::Scratch scratch;
  text::TokenSequence out;
  tokenizer.encode(text, scratch, out);
  return out.ids;
}

TEST(TokenizerSettings, ComeBackAsWritten) {
  TokenizerSettings wordpiece;
  wordpiece.lowercase = false;
  wordpiece.strip_accents = false;
  wordpiece.max_tokens = 128;
  EXPECT_EQ(read_tokenizer_settings(write_tokenizer_settings(wordpiece)).value(), wordpiece);
  TokenizerSettings bpe;
  bpe.kind = TokenizerKind::bpe;
  bpe.vocabulary_file = "vocab.json";
  bpe.merges_file = "merges.txt";
  bpe.add_prefix_space = true;
  EXPECT_EQ(read_tokenizer_settings(write_tokenizer_settings(bpe)).value(), bpe);
  TokenizerSettings max_match;
  max_match.kind = TokenizerKind::max_match;
  max_match.max_tokens = 384;
  EXPECT_EQ(read_tokenizer_settings(write_tokenizer_settings(max_match)).value(), max_match);
}

TEST(TokenizerSettings, AccentsGoWithCaseUnlessSaidOtherwise) {
  EXPECT_FALSE(
      read_tokenizer(R"({"kind":"wordpiece","file":"vocab.txt","lowercase":false,"max_tokens":9})")->strip_accents);
  EXPECT_TRUE(read_tokenizer(R"({"kind":"wordpiece","file":"vocab.txt","max_tokens":9})")->strip_accents);
}

TEST(TokenizerSettings, WhatMakesNoSenseIsRefused) {
  EXPECT_THAT(read_tokenizer(R"({"kind":"unigram","max_tokens":9})").error().message,
              HasSubstr("wordpiece, bpe and max_match"));
  EXPECT_THAT(read_tokenizer(R"({"kind":"bpe","vocabulary":"v","max_tokens":9})").error().message,
              HasSubstr("\"merges\""));
  EXPECT_THAT(read_tokenizer(R"({"kind":"wordpiece","file":"v","max_tokens":2})").error().message,
              HasSubstr("max_tokens is 2"));
}

TEST(TokenizerSettings, MakeTokenizers) {
  const auto pieces = make_tokenizer({}, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nab\n##c\n", "");
  ASSERT_TRUE(pieces) << pieces.error().message;
  EXPECT_THAT(ids(*pieces, "ABC"), ElementsAre(5, 6));
  TokenizerSettings bpe;
  bpe.kind = TokenizerKind::bpe;
  const auto bytes = make_tokenizer(bpe, R"({"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"<mask>":4,"a":5,"b":6,"ab":7})",
                                    "#version: 0.2\na b\n");
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_THAT(ids(*bytes, "abb"), ElementsAre(7, 6));
  EXPECT_THAT(make_tokenizer(bpe, R"({"<s>":"0"})", "").error().message, HasSubstr("integer, found string"));
  EXPECT_THAT(make_tokenizer(bpe, R"({"<s>":99999999999})", "").error().message, HasSubstr("out of range"));
}

}  // namespace
}  // namespace tenor::experts
