#include "text/wordpiece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/file_system.h"
#include "base/sha256.h"

namespace tenor::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Ids by hand: [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, [MASK] 4, then in this order.
constexpr const char* kVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"
    "un\n##aff\n##able\nwant\n##want\n"     // 5..9
    "##ed\nwa\nrunn\n##ing\n,\n"            // 10..14
    "好\n吃\n！\n[\n]\n"                    // 15..19
    "mask\ne\n##e\nÉ\n##é\n"                // 20..24
    "a\n##a\n\u1112\n##\u1161\n##\u11ab\n"  // 25..29
    "#\n=\n丽\n";                           // 30..32

WordPieceTokenizer make(WordPieceOptions options = {}) {
  auto tokenizer = WordPieceTokenizer::create(Vocabulary::parse(kVocabulary).value(), std::move(options));
  EXPECT_TRUE(tokenizer) << tokenizer.error().message;
  return std::move(*tokenizer);
}

TokenSequence tokenize(const WordPieceTokenizer& tokenizer, std::string_view text) {
  WordPieceTokenizer::Scratch scratch;
  TokenSequence tokens;
  tokenizer.tokenize(text, scratch, tokens);
  return tokens;
}

std::vector<TokenId> ids(std::string_view text, const WordPieceOptions& options = {}) {
  return tokenize(make(options), text).ids;
}

WordPieceOptions cased() {
  WordPieceOptions options;
  options.basic.lower_case = false;
  return options;
}

TEST(WordPiece, LongestPieceFirst) {
  EXPECT_THAT(ids("UNwanted,running unaffable"), ElementsAre(5, 9, 10, 14, 12, 13, 5, 6, 7));
  EXPECT_THAT(ids("wanted"), ElementsAre(8, 10)) << "want, not wa";
  EXPECT_THAT(ids("好吃！"), ElementsAre(15, 16, 17));
  EXPECT_THAT(ids(""), IsEmpty());
  EXPECT_THAT(ids(" \n\u200b"), IsEmpty());
}

TEST(WordPiece, AWordThatCannotBeCoveredIsOneUnknown) {
  EXPECT_THAT(ids("unwantedX running"), ElementsAre(1, 12, 13));
  EXPECT_THAT(ids("able"), ElementsAre(1)) << "##able does not begin a word";
  EXPECT_THAT(ids("wan"), ElementsAre(1)) << "greedy: wa + ##n fails, the word is unknown";
  EXPECT_THAT(ids("##able"), ElementsAre(30, 30, 1)) << "a text cannot spell a continuation";
}

TEST(WordPiece, SpansAndContinuation) {
  const TokenSequence tokens = tokenize(make(), "  好unaffable, \u00adunX\u00ad");
  EXPECT_THAT(tokens.ids, ElementsAre(15, 5, 6, 7, 14, 1));
  EXPECT_THAT(tokens.byte_begin, ElementsAre(2, 5, 7, 10, 14, 18));
  EXPECT_THAT(tokens.byte_end, ElementsAre(5, 7, 10, 14, 15, 21));
  EXPECT_THAT(tokens.continues_word, ElementsAre(0, 0, 1, 1, 0, 0));
}

TEST(WordPiece, TokensOfOneCharacterShareItsSpan) {
  const TokenSequence tokens = tokenize(make(), "é한");
  EXPECT_THAT(tokens.ids, ElementsAre(1)) << "no ##\u1112";
  const TokenSequence syllable = tokenize(make(), "x 한");
  EXPECT_THAT(syllable.ids, ElementsAre(1, 27, 28, 29));
  EXPECT_THAT(syllable.byte_begin, ElementsAre(0, 2, 2, 2));
  EXPECT_THAT(syllable.byte_end, ElementsAre(1, 5, 5, 5));
}

TEST(WordPiece, CaseAndAccents) {
  EXPECT_THAT(ids("ÉÉ"), ElementsAre(21, 22));
  EXPECT_THAT(ids("Éé", cased()), ElementsAre(23, 24));
  EXPECT_THAT(ids("UN", cased()), ElementsAre(1));
  EXPECT_THAT(ids("a≠a"), ElementsAre(25, 31, 25));
  EXPECT_THAT(ids("a\U0002F800a"), ElementsAre(25, 32, 25));
}

TEST(WordPiece, WordsOverTheLimitAreUnknown) {
  const std::string hundred(100, 'a');
  const auto pieces = tokenize(make(), hundred);
  EXPECT_EQ(pieces.size(), 100u);
  EXPECT_EQ(pieces.ids.front(), 25);
  EXPECT_EQ(pieces.ids.back(), 26);
  const TokenSequence over = tokenize(make(), hundred + "a a");
  EXPECT_THAT(over.ids, ElementsAre(1, 25));
  EXPECT_THAT(over.byte_end, ElementsAre(101, 103));
  std::string dropped;
  for (int i = 0; i < 100; ++i) dropped += "a\u200b";
  EXPECT_EQ(tokenize(make(), dropped).size(), 100u) << "characters count after cleaning";
  WordPieceOptions two;
  two.max_input_chars_per_word = 2;
  EXPECT_THAT(ids("un wa una", two), ElementsAre(5, 11, 1));
}

TEST(WordPiece, SpecialTokensInTheTextAreKept) {
  const TokenSequence tokens = tokenize(make(), "[CLS]好[MASK]un[MASK]");
  EXPECT_THAT(tokens.ids, ElementsAre(2, 15, 4, 5, 4));
  EXPECT_THAT(tokens.byte_begin, ElementsAre(0, 5, 8, 14, 16));
  EXPECT_THAT(tokens.byte_end, ElementsAre(5, 8, 14, 16, 22));
  EXPECT_THAT(tokens.continues_word, ElementsAre(0, 0, 0, 0, 0));
  EXPECT_THAT(ids("[[MASK]]"), ElementsAre(18, 4, 19));
  EXPECT_THAT(ids("[mask] [MASK"), ElementsAre(18, 20, 19, 18, 20)) << "only in this spelling";
  EXPECT_THAT(ids("[CL\u200bS]"), ElementsAre(18, 1, 19)) << "looked for before cleaning";
}

TEST(WordPiece, NeverSplitIsAnOption) {
  WordPieceOptions none;
  none.never_split = {};
  EXPECT_THAT(ids("[MASK]", none), ElementsAre(18, 20, 19));
  WordPieceOptions words;
  words.never_split = {"wa", "want"};
  EXPECT_THAT(ids("unwanted was", words), ElementsAre(5, 8, 1, 11, 1)) << "the longest counts";
}

TEST(WordPiece, NeverSplitTokensMustBeInTheVocabulary) {
  for (const char* token : {"[EMOJI]", ""}) {
    WordPieceOptions options;
    options.never_split = {"[MASK]", token};
    const auto tokenizer = WordPieceTokenizer::create(Vocabulary::parse(kVocabulary).value(), options);
    ASSERT_FALSE(tokenizer);
    EXPECT_EQ(tokenizer.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(tokenizer.error().message, HasSubstr("'" + std::string(token) + "'"));
  }
}

TEST(WordPiece, BytesThatAreNotUtf8AreDropped) {
  EXPECT_THAT(ids("\xff un\xc3\xe5\xa5"), ElementsAre(5));
  EXPECT_THAT(ids("wa\xed\xa0\x80nt"), ElementsAre(8)) << "a surrogate";
}

TEST(WordPiece, OutputAndScratchAreReplacedNotAppended) {
  const WordPieceTokenizer tokenizer = make();
  WordPieceTokenizer::Scratch scratch;
  TokenSequence tokens;
  tokenizer.tokenize("un un un", scratch, tokens);
  tokenizer.tokenize("好", scratch, tokens);
  EXPECT_THAT(tokens.ids, ElementsAre(15));
  EXPECT_THAT(tokens.continues_word, ElementsAre(0));
}

TEST(WordPiece, ThreadsShareATokenizer) {
  const WordPieceTokenizer tokenizer = make();
  const std::vector<TokenId> expected = ids("unaffable É 好吃！");
  std::vector<int> equal(4, 0);
  std::vector<std::thread> threads;
  for (int& count : equal) {
    threads.emplace_back([&tokenizer, &expected, &count] {
      WordPieceTokenizer::Scratch scratch;
      TokenSequence tokens;
      for (int i = 0; i < 1000; ++i) {
        tokenizer.tokenize("unaffable É 好吃！", scratch, tokens);
        if (tokens.ids == expected) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(equal, ElementsAre(1000, 1000, 1000, 1000));
}

TEST(WordPiece, AddsSpecialTokens) {
  const Vocabulary vocabulary = Vocabulary::parse(kVocabulary).value();
  std::vector<TokenId> out = {99};
  add_special_tokens(vocabulary, std::vector<TokenId>{15, 16}, out);
  EXPECT_THAT(out, ElementsAre(2, 15, 16, 3));
  add_special_tokens(vocabulary, {}, out);
  EXPECT_THAT(out, ElementsAre(2, 3));
}

// Hard cases with the answers of Hugging Face's tokenizers; see tests/tokenizer/make_golden.mjs.
class WordPieceGolden : public testing::TestWithParam<const char*> {};

TEST_P(WordPieceGolden, IdsAndSpansAreThoseOfTheReference) {
  const auto golden_bytes = read_file(std::string(TENOR_SOURCE_DIR) + "/tests/golden/" + GetParam());
  ASSERT_TRUE(golden_bytes) << golden_bytes.error().message;
  const auto golden = nlohmann::json::parse(*golden_bytes);
  const auto list = read_file(std::string(TENOR_DATA_DIR) + "/vocab/" + golden.at("vocabulary").get<std::string>());
  if (!list) GTEST_SKIP() << list.error().message;
  ASSERT_EQ(sha256_hex(std::as_bytes(std::span(*list))), golden.at("vocabulary_sha256"))
      << "another vocabulary than the golden answers are for";
  ASSERT_GE(golden.at("cases").size(), 100u);
  std::map<std::string, WordPieceTokenizer> tokenizers;  // one for each set of options
  for (const auto& one : golden.at("cases")) {
    WordPieceOptions options;
    options.basic.lower_case = one.at("lower_case").get<bool>();
    if (one.contains("strip_accents")) options.basic.strip_accents = one["strip_accents"].get<bool>();
    options.basic.tokenize_chinese_chars = one.value("tokenize_chinese_chars", true);
    const std::string key = std::to_string(options.basic.lower_case) +
                            std::to_string(options.basic.tokenize_chinese_chars) +
                            (options.basic.strip_accents ? std::to_string(*options.basic.strip_accents) : "-");
    if (!tokenizers.contains(key)) {
      tokenizers.emplace(key, WordPieceTokenizer::create(Vocabulary::parse(*list).value(), options).value());
    }
    const TokenSequence tokens = tokenize(tokenizers.at(key), one.at("text").get<std::string>());
    EXPECT_EQ(tokens.ids, one.at("ids").get<std::vector<TokenId>>()) << one;
    EXPECT_EQ(tokens.byte_begin, one.at("begin").get<std::vector<std::uint32_t>>()) << one;
    EXPECT_EQ(tokens.byte_end, one.at("end").get<std::vector<std::uint32_t>>()) << one;
  }
}

INSTANTIATE_TEST_SUITE_P(Vocabularies, WordPieceGolden,
                         testing::Values("wordpiece_bert_base_chinese.json", "wordpiece_bert_base_uncased.json"));

}  // namespace
}  // namespace tenor::text
