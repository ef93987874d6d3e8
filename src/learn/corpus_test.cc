#include "learn/corpus.h"

#include <gtest/gtest.h>

#include "base/file_system.h"
#include "bundle/test_support.h"
#include "learn/body_files.h"

namespace tenor::learn {
namespace {

using bundle::testing::TemporaryFolder;

constexpr const char* kVocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n好\n吃\n不\n";

Result<Corpus> read(const std::string& text, const CorpusOptions& options) {
  TemporaryFolder folder;
  const std::string file = (folder / "texts.txt").string();
  EXPECT_TRUE(write_file_atomic(file, text));
  return read_corpus(std::span(&file, 1), *body_tokenizer(kVocabulary), options);
}

std::vector<std::uint16_t> ids_of(const Corpus& corpus, std::size_t text) {
  const auto ids = corpus.text(text);
  return {ids.begin(), ids.end()};
}

TEST(Corpus, FramesTextsAndLeavesShortOnesOut) {
  const auto corpus = read("好吃\n不\n不好吃\n", {16, 4});
  ASSERT_TRUE(corpus) << corpus.error().message;
  ASSERT_EQ(corpus->size(), 2u);
  EXPECT_EQ(ids_of(*corpus, 0), (std::vector<std::uint16_t>{2, 5, 6, 3}));
  EXPECT_EQ(ids_of(*corpus, 1), (std::vector<std::uint16_t>{2, 7, 5, 6, 3}));
  EXPECT_EQ(corpus->tokens(), 9u);
  EXPECT_EQ(corpus->lengths(), (std::vector<std::uint32_t>{4, 5}));
}

TEST(Corpus, CutsLongTextsIntoPiecesOfNearlyEqualLength) {
  std::string text;
  for (int i = 0; i < 25; ++i) text += "好";
  const auto corpus = read(text + "\n", {12, 3});
  ASSERT_TRUE(corpus) << corpus.error().message;
  EXPECT_EQ(corpus->lengths(), (std::vector<std::uint32_t>{10, 10, 11}));  // 8 + 8 + 9 tokens, each framed
}

TEST(Corpus, FingerprintTellsTokensAndBorders) {
  const std::vector<std::uint16_t> both = {1, 2}, first = {1}, second = {2};
  Corpus one, two, same;
  one.add(both);
  same.add(both);
  two.add(first);
  two.add(second);
  EXPECT_EQ(one.fingerprint(), same.fingerprint());
  EXPECT_NE(one.fingerprint(), two.fingerprint());
}

TEST(Corpus, RefusesVocabulariesThatDoNotFit) {
  std::string list = kVocabulary;
  for (int i = 0; i < 65536; ++i) list.append("w").append(std::to_string(i)).append("\n");
  const auto corpus = read_corpus({}, *body_tokenizer(list), {});
  ASSERT_FALSE(corpus);
  EXPECT_EQ(corpus.error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace tenor::learn
