#include "learn/word_vectors.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace tenor::learn {
namespace {

constexpr std::size_t kTopic = 10, kFirst = 5, kVocabulary = kFirst + 2 * kTopic + 1, kSize = 16;

// Texts of one topic each, whose tokens never meet those of the other. The last token of the vocabulary never occurs.
Corpus two_topics() {
  Random random(1);
  Corpus corpus;
  for (std::size_t t = 0; t < 600; ++t) {
    std::vector<std::uint16_t> text = {2};
    for (int i = 0; i < 12; ++i) {
      text.push_back(static_cast<std::uint16_t>(kFirst + (t % 2) * kTopic + random.below(kTopic)));
    }
    text.push_back(3);
    corpus.add(text);
  }
  return corpus;
}

WordVectorOptions options_of(std::uint64_t seed) {
  WordVectorOptions options;
  options.size = kSize;
  options.subsample = 0;
  options.epochs = 5;
  options.seed = seed;
  return options;
}

double cosine(const std::vector<float>& table, std::size_t a, std::size_t b) {
  double dot = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    const double x = table[a * kSize + i], y = table[b * kSize + i];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / std::sqrt(aa * bb);
}

TEST(WordVectors, PutNeighboursTogetherAndStrangersApart) {
  const auto table = word_vectors(two_topics(), kVocabulary, options_of(42));
  ASSERT_EQ(table.size(), kVocabulary * kSize);
  double neighbours = 0, strangers = 0;
  for (std::size_t a = 0; a < kTopic; ++a) {
    for (std::size_t b = 0; b < kTopic; ++b) {
      if (a != b) neighbours += cosine(table, kFirst + a, kFirst + b) / (kTopic * (kTopic - 1));
      strangers += cosine(table, kFirst + a, kFirst + kTopic + b) / (kTopic * kTopic);
    }
  }
  EXPECT_GT(neighbours, strangers + 0.5);
}

TEST(WordVectors, AreTheSameForASeed) {
  const Corpus corpus = two_topics();
  const auto table = word_vectors(corpus, kVocabulary, options_of(42));
  EXPECT_EQ(table, word_vectors(corpus, kVocabulary, options_of(42)));
  EXPECT_NE(table, word_vectors(corpus, kVocabulary, options_of(43)));
}

TEST(WordVectors, HaveTheDeviationThatWasAskedFor) {
  WordVectorOptions options = options_of(42);
  options.deviation = 0.05;
  const auto table = word_vectors(two_topics(), kVocabulary, options);
  double squares = 0;
  for (const float x : table) squares += static_cast<double>(x) * x;
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(table.size())), 0.05, 1e-6);
}

TEST(WordVectors, OfAnEmptyCorpusAreRandom) {
  const auto table = word_vectors(Corpus(), kVocabulary, options_of(42));
  EXPECT_EQ(table.size(), kVocabulary * kSize);
  for (const float x : table) EXPECT_TRUE(std::isfinite(x));
}

}  // namespace
}  // namespace tenor::learn
