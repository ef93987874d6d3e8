#include "text/max_match.h"

#include <gtest/gtest.h>

#include <fstream>

namespace tenor::text {
namespace {

class MaxMatch : public testing::Test {
 protected:
  static MaxMatchTokenizer make(const std::string& tokens) {
    auto vocabulary = Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n" + tokens);
    EXPECT_TRUE(vocabulary.has_value());
    return MaxMatchTokenizer(*std::move(vocabulary));
  }

  std::vector<std::string> pieces(const MaxMatchTokenizer& tokenizer, std::string_view text) {
    tokenizer.tokenize(text, scratch_, out_);
    std::vector<std::string> shown;
    for (const TokenId id : out_.ids) shown.emplace_back(tokenizer.vocabulary().token(id));
    return shown;
  }

  MaxMatchTokenizer::Scratch scratch_;
  TokenSequence out_;
};

using Pieces = std::vector<std::string>;

TEST_F(MaxMatch, TakesTheLongestWordWhereverItStands) {
  const auto tokenizer = make("不\n好\n吃\n好吃\n味道\n味\n");
  EXPECT_EQ(pieces(tokenizer, "味道不好吃"), (Pieces{"味道", "不", "好吃"}));
  EXPECT_EQ(pieces(tokenizer, "好味道"), (Pieces{"好", "味道"}));
}

TEST_F(MaxMatch, ContinuesWordsOfLettersWithThePrefix) {
  const auto tokenizer = make("good\n##ness\n##s\nness\n好\n");
  EXPECT_EQ(pieces(tokenizer, "GOODNESS"), (Pieces{"good", "##ness"}));
  EXPECT_EQ(out_.continues_word, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(pieces(tokenizer, "好ness"), (Pieces{"好", "ness"}));
}

TEST_F(MaxMatch, ReadsTheNormalisedText) {
  const auto tokenizer = make("难吃\n!\n!!\nabc\n");
  EXPECT_EQ(pieces(tokenizer, "難吃！！！"), (Pieces{"难吃", "!!", "!"}));  // traditional, full width
  EXPECT_EQ(pieces(tokenizer, "ＡＢＣ"), (Pieces{"abc"}));
}

TEST_F(MaxMatch, AnUnknownCharacterIsOneUnkAndNothingIsLost) {
  const auto tokenizer = make("好吃\n##c\na\n");
  EXPECT_EQ(pieces(tokenizer, "齉好吃齉"), (Pieces{"[UNK]", "好吃", "[UNK]"}));
  EXPECT_EQ(pieces(tokenizer, "abc"), (Pieces{"a", "[UNK]", "##c"}));
  EXPECT_EQ(pieces(tokenizer, "[CLS]"), (Pieces{"[UNK]", "[UNK]", "[UNK]", "[UNK]", "[UNK]"}));
  EXPECT_TRUE(pieces(tokenizer, " \n ").empty());
}

TEST_F(MaxMatch, SpansAreBytesOfTheOriginal) {
  const auto tokenizer = make("难吃\n!\n");
  const std::string text = "  難吃！";
  pieces(tokenizer, text);
  ASSERT_EQ(out_.size(), 2u);
  EXPECT_EQ(text.substr(out_.byte_begin[0], out_.byte_end[0] - out_.byte_begin[0]), "難吃");
  EXPECT_EQ(text.substr(out_.byte_begin[1], out_.byte_end[1] - out_.byte_begin[1]), "！");
}

TEST_F(MaxMatch, TakesAnyBytes) {
  const auto tokenizer = make("a\n");
  EXPECT_EQ(pieces(tokenizer, "a\xff\xfe"), (Pieces{"a", "[UNK]", "[UNK]"}));
}

TEST(Runs, EndWhereTheKindChanges) {
  const std::u32string text = U"abc好吃!! 1x、カレー";
  std::vector<std::pair<std::u32string, RunKind>> runs;
  for (text::Run run = next_run(text, 0); run.begin < run.end; run = next_run(text, run.end)) {
    runs.emplace_back(text.substr(run.begin, run.end - run.begin), run.kind);
  }
  const std::vector<std::pair<std::u32string, RunKind>> expected = {
      {U"abc", RunKind::word}, {U"好吃", RunKind::han},  {U"!!", RunKind::symbol},
      {U"1x", RunKind::word},  {U"、", RunKind::symbol}, {U"カレー", RunKind::han}};
  EXPECT_EQ(runs, expected);
}

}  // namespace
}  // namespace tenor::text
