#include "text/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/file_system.h"

namespace tenor::text {
namespace {

using testing::HasSubstr;

const std::string kSpecial = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";  // ids 0..4

Vocabulary parse(const std::string& more) {
  auto vocabulary = Vocabulary::parse(kSpecial + more);
  EXPECT_TRUE(vocabulary) << vocabulary.error().message;
  return std::move(*vocabulary);
}

TEST(Vocabulary, LineNumberIsId) {
  const Vocabulary vocabulary = parse("好\nplay\n##ing\n");
  EXPECT_EQ(vocabulary.size(), 8u);
  EXPECT_EQ(vocabulary.find("[PAD]"), 0);
  EXPECT_EQ(vocabulary.find("好"), 5);
  EXPECT_EQ(vocabulary.find("##ing"), 7);
  EXPECT_EQ(vocabulary.token(6), "play");
  EXPECT_EQ(vocabulary.find("ing"), std::nullopt);
  EXPECT_EQ(vocabulary.find("pla"), std::nullopt);
  EXPECT_EQ(vocabulary.find(""), std::nullopt);
  EXPECT_EQ(vocabulary.token(-1), "");
  EXPECT_EQ(vocabulary.token(8), "");
}

TEST(Vocabulary, SpecialTokensAreFoundWhereverTheyStand) {
  const auto vocabulary = Vocabulary::parse("a\n[MASK]\n[SEP]\n[CLS]\n[UNK]\n[PAD]\n");
  ASSERT_TRUE(vocabulary);
  EXPECT_EQ(vocabulary->special().mask, 1);
  EXPECT_EQ(vocabulary->special().sep, 2);
  EXPECT_EQ(vocabulary->special().cls, 3);
  EXPECT_EQ(vocabulary->special().unk, 4);
  EXPECT_EQ(vocabulary->special().pad, 5);
}

TEST(Vocabulary, MissingSpecialTokensAreNamed) {
  const auto vocabulary = Vocabulary::parse("[PAD]\n[CLS]\n[SEP]\n[unk]\n");
  ASSERT_FALSE(vocabulary);
  EXPECT_EQ(vocabulary.error().code, ErrorCode::corrupt);
  EXPECT_THAT(vocabulary.error().message, HasSubstr("without [UNK], [MASK];"));
  EXPECT_THAT(Vocabulary::parse("").error().message, HasSubstr("without [PAD], [UNK], [CLS], [SEP], [MASK];"));
}

TEST(Vocabulary, LineEndsBlankLinesAndByteOrderMark) {
  const auto vocabulary =
      Vocabulary::parse("\xEF\xBB\xBF[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\n\r\nx \t\r\n\n\r\n");
  ASSERT_TRUE(vocabulary) << vocabulary.error().message;
  EXPECT_EQ(vocabulary->size(), 7u);  // the blank line within uses up id 5, those at the end count for nothing
  EXPECT_EQ(vocabulary->find("[PAD]"), 0);
  EXPECT_EQ(vocabulary->find("x"), 6);
  EXPECT_EQ(vocabulary->token(5), "");
  EXPECT_EQ(parse("x").find("x"), 5) << "the last line may lack its line end";
}

TEST(Vocabulary, WhiteSpaceAtTheEndOfALineIsNotPartOfTheToken) {
  EXPECT_EQ(parse("x\u3000\n").find("x"), 5);
  EXPECT_EQ(parse("\u3000x\n").find("\u3000x"), 5);
}

TEST(Vocabulary, OfADuplicateTheLaterIdIsFound) {
  const Vocabulary vocabulary = parse("twice\nother\ntwice\n");
  EXPECT_EQ(vocabulary.find("twice"), 7);
  EXPECT_EQ(vocabulary.token(5), "twice");
  EXPECT_EQ(vocabulary.size(), 8u);
}

TEST(Vocabulary, RefusesWhatIsNoVocabulary) {
  const auto binary = Vocabulary::parse(kSpecial + "ok\n\xFF\xFE\n");
  ASSERT_FALSE(binary);
  EXPECT_EQ(binary.error().code, ErrorCode::corrupt);
  EXPECT_THAT(binary.error().message, HasSubstr("line 7"));

  const auto long_line = Vocabulary::parse(kSpecial + std::string(Vocabulary::kMaxTokenBytes + 1, 'x'));
  ASSERT_FALSE(long_line);
  EXPECT_EQ(long_line.error().code, ErrorCode::limit);
  EXPECT_EQ(parse(std::string(Vocabulary::kMaxTokenBytes, 'x')).size(), 6u);
}

TEST(Vocabulary, LongestPrefix) {
  const Vocabulary vocabulary = parse("un\nunaff\n##aff\n##able\n##a\n好\n好吃\n");  // ids 5..11
  const auto expect = [&](std::string_view word, bool continuation, TokenId id, std::size_t length) {
    const auto prefix = vocabulary.longest_prefix(word, continuation);
    ASSERT_TRUE(prefix) << word;
    EXPECT_EQ(prefix->id, id) << word;
    EXPECT_EQ(prefix->length, length) << word;
  };
  expect("unable", false, 5, 2);
  expect("unaffable", false, 6, 5);
  expect("affable", true, 7, 3);
  expect("able", true, 8, 4);
  expect("abl", true, 9, 1);
  expect("好吃吗", false, 11, 6);
  expect("好了", false, 10, 3);
  EXPECT_FALSE(vocabulary.longest_prefix("able", false)) << "only a continuation has this text";
  EXPECT_FALSE(vocabulary.longest_prefix("un", true)) << "only a beginning has this text";
  EXPECT_FALSE(vocabulary.longest_prefix("", false));
  EXPECT_FALSE(vocabulary.longest_prefix("", true));
}

TEST(Vocabulary, LongestPrefixTakesTheLongestTokenThereIs) {
  const std::string longest(Vocabulary::kMaxTokenBytes, 'x');
  const auto prefix = parse(longest + "\nx\n").longest_prefix(longest + "xx", false);
  ASSERT_TRUE(prefix);
  EXPECT_EQ(prefix->length, Vocabulary::kMaxTokenBytes);
}

TEST(Vocabulary, StaysValidWhenMoved) {
  Vocabulary first = parse("a\n");
  const Vocabulary second = std::move(first);
  EXPECT_EQ(second.find("a"), 5);
  EXPECT_EQ(second.token(5), "a");
}

TEST(Vocabulary, EveryTokenOfThePublishedListsIsFound) {
  for (const char* name : {"bert-base-chinese.txt", "bert-base-uncased.txt"}) {
    const auto bytes = read_file(std::string(TENOR_DATA_DIR) + "/vocab/" + name);
    if (!bytes) GTEST_SKIP() << bytes.error().message;
    const auto vocabulary = Vocabulary::parse(*bytes);
    ASSERT_TRUE(vocabulary) << vocabulary.error().message;
    std::size_t blank = 0;
    for (std::size_t i = 0; i < vocabulary->size(); ++i) {
      const auto id = static_cast<TokenId>(i);
      const bool has_text = !vocabulary->token(id).empty();
      if (!has_text) ++blank;
      ASSERT_EQ(vocabulary->find(vocabulary->token(id)), has_text ? std::optional(id) : std::nullopt)
          << vocabulary->token(id);
    }
    EXPECT_LE(blank, 1u) << "one line of the Chinese list is U+2028, white space";
  }
}

}  // namespace
}  // namespace tenor::text
