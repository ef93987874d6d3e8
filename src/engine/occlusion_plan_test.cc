#include "engine/occlusion_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>

namespace tenor::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A token a piece of `pieces`, which stand side by side unless white space is between them; "##" goes on with a word.
struct Tokenized {
  std::string text;
  text::TokenSequence tokens;
};

Tokenized tokenized(const std::vector<std::string>& pieces) {
  Tokenized out;
  for (const std::string& piece : pieces) {
    if (piece == " " || piece == "\n") {
      out.text += piece;
      continue;
    }
    const bool continues = piece.starts_with("##");
    const auto begin = static_cast<std::uint32_t>(out.text.size());
    out.text += continues ? piece.substr(2) : piece;
    out.tokens.push_back({7, begin, static_cast<std::uint32_t>(out.text.size()), continues});
  }
  return out;
}

std::vector<ReadWord> words_of(const std::vector<std::string>& pieces) {
  const Tokenized text = tokenized(pieces);
  const std::vector<text::TokenRange> all = {{0, text.tokens.size()}};
  return read_words(text.text, text.tokens, all);
}

std::vector<std::size_t> clause_ends(const std::vector<std::string>& pieces) {
  std::vector<std::size_t> ends;
  const auto words = words_of(pieces);
  for (std::size_t w = 0; w < words.size(); ++w) {
    if (words[w].ends_clause) ends.push_back(w);
  }
  return ends;
}

// That many words of one token each, every `clause`-th of which ends a clause.
std::vector<ReadWord> regular(std::uint32_t words, std::uint32_t clause) {
  std::vector<ReadWord> out;
  for (std::uint32_t w = 0; w < words; ++w) {
    const bool last = w + 1 == words;
    out.push_back({{w, w + 1}, last || (w + 1) % clause == 0, last});
  }
  return out;
}

TEST(ReadWordsTest, ClausesEndAtPunctuationAndLineEnds) {
  EXPECT_THAT(clause_ends({"味道", "好", "，", "位置", "差", "。"}), ElementsAre(2, 5));
  EXPECT_THAT(clause_ends({"味道", "好", "\n", "位置", "差"}), ElementsAre(1, 3));
  EXPECT_THAT(clause_ends({"good", ",", " ", "not", " ", "bad"}), ElementsAre(1, 3));
  EXPECT_THAT(clause_ends({"好", "！！", "👍", "差"}), ElementsAre(1, 3));
}

TEST(ReadWordsTest, NumbersAndAbbreviationsAreNotCut) {
  EXPECT_THAT(clause_ends({"3", ".", "5", "分"}), ElementsAre(3));
  EXPECT_THAT(clause_ends({"e", ".", "g", ".", " ", "tea"}), ElementsAre(3, 4));
}

TEST(ReadWordsTest, PiecesOfAWordStayTogether) {
  const auto words = words_of({"un", "##happ", "##y", " ", "me"});
  ASSERT_EQ(words.size(), 2u);
  EXPECT_EQ(words[0].tokens, (Stretch{0, 3}));
  EXPECT_EQ(words[1].tokens, (Stretch{3, 4}));
}

TEST(ReadWordsTest, WhatIsNotReadEndsAClauseAndAWord) {
  const Tokenized text = tokenized({"a", "##b", "##c", "##d", "e"});
  const std::vector<text::TokenRange> head_and_tail = {{0, 2}, {3, 5}};
  const auto words = read_words(text.text, text.tokens, head_and_tail);
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(words[0].tokens, (Stretch{0, 2}));
  EXPECT_TRUE(words[0].before_gap && words[0].ends_clause);
  EXPECT_EQ(words[1].tokens, (Stretch{3, 4}));
}

TEST(PartsTest, AreClausesWhereThereAreFew) {
  EXPECT_THAT(coarse_parts(regular(12, 3), 4, 6),
              ElementsAre(Stretch{0, 3}, Stretch{3, 6}, Stretch{6, 9}, Stretch{9, 12}));
}

TEST(PartsTest, JoinManyClausesAndHalveLongOnes) {
  const auto many = coarse_parts(regular(300, 2), 4, 6);
  EXPECT_LE(many.size(), 6u);
  EXPECT_GE(many.size(), 4u);
  EXPECT_THAT(coarse_parts(regular(8, 8), 4, 6),
              ElementsAre(Stretch{0, 2}, Stretch{2, 4}, Stretch{4, 6}, Stretch{6, 8}));
  EXPECT_THAT(coarse_parts(regular(2, 2), 4, 6), ElementsAre(Stretch{0, 1}, Stretch{1, 2})) << "words are not cut";
  EXPECT_THAT(coarse_parts({}, 4, 6), IsEmpty());
}

TEST(PartsTest, CoverAllWordsOnce) {
  for (std::uint32_t words = 1; words < 60; ++words) {
    for (std::uint32_t clause = 1; clause < 20; clause += 3) {
      const auto parts = coarse_parts(regular(words, clause), 4, 6);
      EXPECT_LE(parts.size(), 7u);
      std::uint32_t next = 0;
      for (const Stretch& part : parts) {
        EXPECT_EQ(part.begin, next);
        EXPECT_GT(part.size(), 0u);
        next = part.end;
      }
      EXPECT_EQ(next, words);
    }
  }
}

TEST(PartsTest, EvenPartsDifferByOne) {
  EXPECT_THAT(even_parts({2, 7}, 2), ElementsAre(Stretch{2, 4}, Stretch{4, 7}));
  EXPECT_THAT(even_parts({2, 4}, 9), ElementsAre(Stretch{2, 3}, Stretch{3, 4}));
}

TEST(RefinementsTest, GoToTheStrongestPartsFirst) {
  const std::vector<Stretch> parts = {{0, 3}, {3, 8}, {8, 9}, {9, 13}};
  EXPECT_THAT(refinements(parts, std::vector<float>{1, 2, 9, -1}, 7), ElementsAre(2, 5, 0, 0));
  EXPECT_THAT(refinements(parts, std::vector<float>{1, 2, 9, -1}, 3), ElementsAre(0, 3, 0, 0));
  EXPECT_THAT(refinements(parts, std::vector<float>{1, 2, 9, -1}, 1), ElementsAre(0, 0, 0, 0));
}

TEST(ShareFallTest, WhatIsInsideAddsUp) {
  const std::vector<Stretch> inside = {{0, 1}, {1, 2}, {2, 4}};
  for (const float whole : {2.0f, 0.1f, 0.0f, -0.5f}) {
    for (std::vector<float> falls : {std::vector<float>{3, -2.9f, 0}, {0.01f, 0.02f, 0}, {0, 0, 0}, {-1, -2, 0.5f}}) {
      share_fall(whole, inside, falls);
      EXPECT_NEAR(std::accumulate(falls.begin(), falls.end(), 0.0f), whole, 1e-5f);
    }
  }
}

TEST(ShareFallTest, KeepsSignsWhereTheyExplainTheWhole) {
  const std::vector<Stretch> inside = {{0, 1}, {1, 2}};
  std::vector<float> falls = {3, -2};
  share_fall(1, inside, falls);
  EXPECT_THAT(falls, ElementsAre(3, -2));
  falls = {0.5f, 0.5f};  // the same said twice: leaving out one of them costs little
  share_fall(3, inside, falls);
  EXPECT_THAT(falls, ElementsAre(1.5f, 1.5f));
}

}  // namespace
}  // namespace tenor::engine
