#include "train/vocabulary_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "text/max_match.h"

namespace tenor::train {
namespace {

std::vector<std::string> lines(const std::string& list) {
  std::vector<std::string> out;
  std::istringstream stream(list);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

bool holds(const std::vector<std::string>& tokens, const std::string& token) {
  return std::find(tokens.begin(), tokens.end(), token) != tokens.end();
}

VocabularyOptions small(std::size_t size) {
  VocabularyOptions options;
  options.size = size;
  options.min_characters = 1;
  options.min_pairs = 2;
  return options;
}

TEST(VocabularyBuilder, JoinsTheMostFrequentPairsFirst) {
  VocabularyBuilder builder;
  for (int i = 0; i < 10; ++i) builder.add("味道好，服务好");
  for (int i = 0; i < 5; ++i) builder.add("味道差");
  const auto list = builder.build(small(100));
  ASSERT_TRUE(list.has_value()) << list.error().message;
  const auto tokens = lines(*list);
  EXPECT_EQ(tokens[0], "[PAD]");
  EXPECT_EQ(tokens[4], "[MASK]");
  const std::size_t first_join = 5 + 7;  // 味 道 好 服 务 差 ，
  ASSERT_GT(tokens.size(), first_join);
  EXPECT_EQ(tokens[first_join], "味道");
  EXPECT_TRUE(holds(tokens, "服务好"));
  EXPECT_FALSE(holds(tokens, "好,"));  // no token crosses a run
}

TEST(VocabularyBuilder, CharactersAloneWhenToldSo) {
  VocabularyBuilder builder;
  for (int i = 0; i < 10; ++i) builder.add("味道好 good");
  VocabularyOptions options = small(100);
  options.max_han = 1;
  const auto tokens = lines(*builder.build(options));
  EXPECT_FALSE(holds(tokens, "味道"));
  EXPECT_TRUE(holds(tokens, "good"));
}

TEST(VocabularyBuilder, CutsItsOwnTextsWithoutUnknownTokens) {
  VocabularyBuilder builder;
  const std::vector<std::string> texts = {"这家店的味道很好，下次还来！", "The food was good, really good!",
                                          "aaa aaaa 哈哈哈哈"};
  for (const std::string& text : texts) builder.add(text);
  auto vocabulary = text::Vocabulary::parse(*builder.build(small(80)));
  ASSERT_TRUE(vocabulary.has_value());
  const text::MaxMatchTokenizer tokenizer(*std::move(vocabulary));
  text::MaxMatchTokenizer::Scratch scratch;
  text::TokenSequence out;
  for (const std::string& text : texts) {
    tokenizer.tokenize(text, scratch, out);
    EXPECT_EQ(std::count(out.ids.begin(), out.ids.end(), tokenizer.vocabulary().special().unk), 0) << text;
  }
}

TEST(VocabularyBuilder, RareCharactersAreLeftOut) {
  VocabularyBuilder builder;
  for (int i = 0; i < 10; ++i) builder.add("好");
  builder.add("齉");
  VocabularyOptions options = small(100);
  options.min_characters = 2;
  EXPECT_FALSE(holds(lines(*builder.build(options)), "齉"));
}

TEST(VocabularyBuilder, SaysWhatIsWrong) {
  EXPECT_EQ(VocabularyBuilder().build(small(10)).error().code, ErrorCode::invalid_argument);
  VocabularyBuilder builder;
  builder.add("一二三四五六");
  EXPECT_NE(builder.build(small(8)).error().message.find("6 characters"), std::string::npos);
}

}  // namespace
}  // namespace tenor::train
