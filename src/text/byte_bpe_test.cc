#include "text/byte_bpe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "text/gpt2_words.h"
#include "text/tokenizer.h"
#include "text/utf8.h"

namespace tenor::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// GPT-2's alphabet again, so that the tests do not use what they test.
std::string letter_of(unsigned byte) {
  std::string out;
  unsigned moved = 0;
  for (unsigned b = 0; b <= byte; ++b) {
    const bool itself = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
    if (b == byte) append_utf8(out, itself ? b : 256 + moved);
    if (!itself) ++moved;
  }
  return out;
}

// <s> 0, <pad> 1, </s> 2, <unk> 3, <mask> 4, byte b is 5 + b, then `more` from 261 on.
std::vector<BpeToken> vocabulary(const std::vector<std::string>& more = {}) {
  std::vector<BpeToken> tokens;
  const auto add = [&](const std::string& text) { tokens.push_back({text, static_cast<TokenId>(tokens.size())}); };
  for (const char* special : {"<s>", "<pad>", "</s>", "<unk>", "<mask>"}) add(special);
  for (unsigned byte = 0; byte < 256; ++byte) add(letter_of(byte));
  for (const std::string& token : more) add(token);
  return tokens;
}

constexpr TokenId byte_id(unsigned char byte) {
  return 5 + byte;
}

TokenSequence tokenize(const ByteBpeTokenizer& tokenizer, std::string_view text) {
  ByteBpeTokenizer::Scratch scratch;
  TokenSequence out;
  tokenizer.tokenize(text, scratch, out);
  return out;
}

std::string error_of(const std::vector<BpeToken>& tokens, std::string_view merges, const ByteBpeOptions& options = {}) {
  const auto tokenizer = ByteBpeTokenizer::create(tokens, merges, options);
  return tokenizer ? "" : tokenizer.error().message;
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = gpt2_word_end(text, begin);
    out.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return out;
}

TEST(Gpt2Words, FollowTheRegularExpression) {
  EXPECT_THAT(words("I'll say it's 45 euros!!"), ElementsAre("I", "'ll", " say", " it", "'s", " 45", " euros", "!!"));
  EXPECT_THAT(words("a  b   \n c  "), ElementsAre("a", " ", " b", "   \n", " c", "  "));
  EXPECT_THAT(words("a\nb"), ElementsAre("a", "\n", "b"));
  EXPECT_THAT(words(" 's"), ElementsAre(" '", "s")) << "contractions take no space before them";
  EXPECT_THAT(words("'S"), ElementsAre("'", "S")) << "nor capitals";
  EXPECT_THAT(words("味道很好，服务"), ElementsAre("味道很好", "，", "服务"));
  EXPECT_THAT(words("½a"), ElementsAre("½", "a")) << "a number of category No";
}

TEST(ByteBpe, MergesInTheOrderTheyWereLearned) {
  const auto tokens = vocabulary({"ab", "bc", "abc"});
  const auto first_ab = ByteBpeTokenizer::create(tokens, "#version: 0.2\na b\nb c\nab c\n").value();
  EXPECT_THAT(tokenize(first_ab, "abc").ids, ElementsAre(263));
  const auto first_bc = ByteBpeTokenizer::create(tokens, "b c\na b\nab c\n").value();
  EXPECT_THAT(tokenize(first_bc, "abc").ids, ElementsAre(byte_id('a'), 262)) << "bc takes the b";
  EXPECT_THAT(tokenize(first_bc, "abab").ids, ElementsAre(261, 261));
}

TEST(ByteBpe, EqualPairsMergeFromTheLeft) {
  const auto tokenizer = ByteBpeTokenizer::create(vocabulary({"aa", "aaaa"}), "a a\naa aa\n").value();
  EXPECT_THAT(tokenize(tokenizer, "aaaaa").ids, ElementsAre(262, byte_id('a')));
  EXPECT_THAT(tokenize(tokenizer, "aaa").ids, ElementsAre(261, byte_id('a')));
}

TEST(ByteBpe, SpansAreOfTheOriginal) {
  const auto tokenizer = ByteBpeTokenizer::create(vocabulary({"Ġa"}), "Ġ a\n").value();
  const TokenSequence tokens = tokenize(tokenizer, "a a好");
  EXPECT_THAT(tokens.ids, ElementsAre(byte_id('a'), 261, byte_id(0xE5), byte_id(0xA5), byte_id(0xBD)));
  EXPECT_THAT(tokens.byte_begin, ElementsAre(0, 2, 3, 3, 3)) << "without the space; bytes share their character's span";
  EXPECT_THAT(tokens.byte_end, ElementsAre(1, 3, 6, 6, 6));
  EXPECT_THAT(tokens.continues_word, ElementsAre(0, 0, 1, 1, 1));
}

TEST(ByteBpe, IllFormedBytesAreReadAsReplacementCharacters) {
  const auto tokenizer = ByteBpeTokenizer::create(vocabulary(), "").value();
  const TokenSequence tokens = tokenize(tokenizer, "\xFF");
  EXPECT_THAT(tokens.ids, ElementsAre(byte_id(0xEF), byte_id(0xBF), byte_id(0xBD)));
  EXPECT_THAT(tokens.byte_begin, ElementsAre(0, 0, 0));
  EXPECT_THAT(tokens.byte_end, ElementsAre(1, 1, 1));
}

TEST(ByteBpe, FixedTokensInTheText) {
  const auto tokenizer = ByteBpeTokenizer::create(vocabulary(), "").value();
  EXPECT_THAT(tokenize(tokenizer, "<s>a \n<mask> <pad").ids,
              ElementsAre(0, byte_id('a'), 4, byte_id(' '), byte_id('<'), byte_id('p'), byte_id('a'), byte_id('d')))
      << "<mask> takes the white space before it";
  EXPECT_THAT(tokenize(tokenizer, "").ids, IsEmpty());
}

TEST(ByteBpe, BytesWithoutTokenAreUnknown) {
  auto tokens = vocabulary();
  std::erase_if(tokens, [](const BpeToken& token) { return token.text == "z"; });
  const auto tokenizer = ByteBpeTokenizer::create(tokens, "").value();
  EXPECT_THAT(tokenize(tokenizer, "az").ids, ElementsAre(byte_id('a'), 3));
  EXPECT_EQ(tokenizer.size(), 261u);
}

TEST(ByteBpe, OneLongWordTakesNoQuadraticTime) {
  std::vector<std::string> more;
  std::string merges;
  std::string power = "a";
  for (int i = 0; i < 8; ++i) {
    merges.append(power).append(" ").append(power).append("\n");
    power += power;
    more.push_back(power);
  }
  const auto tokenizer = ByteBpeTokenizer::create(vocabulary(more), merges).value();
  const TokenSequence tokens = tokenize(tokenizer, std::string((1u << 20) + 3, 'a'));
  ASSERT_EQ(tokens.size(), (1u << 12) + 2);
  EXPECT_EQ(tokens.ids.front(), 268);
  EXPECT_EQ(tokens.byte_end.back(), (1u << 20) + 3);
  EXPECT_EQ(tokenize(tokenizer, std::string(1u << 20, ' ')).size(), 1u << 20);
}

TEST(ByteBpe, FilesThatContradictThemselvesAreRefused) {
  EXPECT_THAT(error_of(vocabulary(), "a b\n"), HasSubstr("merges line 1: expected two tokens"));
  EXPECT_THAT(error_of(vocabulary({"ab"}), "#version\na b\nab\n"), HasSubstr("merges line 3"));
  EXPECT_THAT(error_of(vocabulary({"ab", "ab"}), ""), HasSubstr("'ab' is there twice"));
  EXPECT_THAT(error_of({{"<s>", 0}, {"<unk>", 1}}, ""), HasSubstr("without </s>, <pad>, <mask>"));
  EXPECT_THAT(error_of({{"<s>", -1}}, ""), HasSubstr("has the id -1"));
  EXPECT_THAT(error_of(vocabulary(), "", {.add_prefix_space = false, .fixed = {{"<x>", false}}}), HasSubstr("'<x>'"));
}

TEST(Tokenizer, GivesWhatItHolds) {
  const Tokenizer tokenizer(ByteBpeTokenizer::create(vocabulary(), "").value());
  Tokenizer::Scratch scratch;
  TokenSequence tokens;
  tokenizer.encode("ab", scratch, tokens);
  EXPECT_THAT(tokens.ids, ElementsAre(byte_id('a'), byte_id('b')));
  EXPECT_EQ(tokenizer.special().sep, 2);
  EXPECT_EQ(tokenizer.special().pad, 1);
  EXPECT_EQ(tokenizer.size(), 261u);
  const Tokenizer pieces(
      WordPieceTokenizer::create(Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nab\n").value()).value());
  pieces.encode("ab", scratch, tokens);
  EXPECT_THAT(tokens.ids, ElementsAre(5));
  EXPECT_EQ(pieces.special().cls, 2);
  EXPECT_EQ(pieces.size(), 6u);
}

// Ids and spans of Hugging Face's tokenizers (tests/tokenizer/make_byte_bpe_golden.mjs). Where a fixed token takes the
// white space before it, theirs may include that in its span, and with a prefix space theirs are one byte off where
// several sections or spaces stand at the beginning: there only ids are compared.
TEST(ByteBpe, AnswersAsTheReference) {
  const auto file = read_file(TENOR_SOURCE_DIR "/tests/golden/byte_bpe.json");
  ASSERT_TRUE(file) << file.error().message;
  const auto golden = nlohmann::json::parse(*file);
  std::vector<BpeToken> tokens;
  for (const auto& [text, id] : golden["vocabulary"].items()) tokens.push_back({text, id.get<TokenId>()});
  for (const bool add_prefix_space : {false, true}) {
    ByteBpeOptions options;
    options.add_prefix_space = add_prefix_space;
    const auto tokenizer = ByteBpeTokenizer::create(tokens, golden["merges"].get<std::string>(), options).value();
    for (const auto& example : golden["cases"]) {
      if (example["add_prefix_space"] != add_prefix_space) continue;
      const auto text = example["text"].get<std::string>();
      const TokenSequence ours = tokenize(tokenizer, text);
      EXPECT_EQ(ours.ids, example["ids"].get<std::vector<TokenId>>()) << example;
      if (add_prefix_space || text.find("<mask>") != std::string::npos) continue;
      EXPECT_EQ(ours.byte_begin, example["begin"].get<std::vector<std::uint32_t>>()) << example;
      EXPECT_EQ(ours.byte_end, example["end"].get<std::vector<std::uint32_t>>()) << example;
    }
  }
}

}  // namespace
}  // namespace tenor::text
