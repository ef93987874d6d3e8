#include "train/ngram_corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.h"

namespace tenor::train {
namespace {

using Hashes = std::vector<std::uint64_t>;

NgramCorpus corpus_of(const std::vector<Hashes>& rows) {
  NgramCorpus corpus;
  for (const Hashes& row : rows) {
    corpus.ngrams.insert(corpus.ngrams.end(), row.begin(), row.end());
    corpus.offsets.push_back(corpus.ngrams.size());
  }
  return corpus;
}

TEST(ExtractCorpusTest, HoldsEveryNgramOfEveryRow) {
  std::vector<data::Row> rows(3);
  rows[0].text = "好好吃";
  rows[1].text = "吃";
  rows[2].text = " ";  // nothing is left of it
  std::vector<std::uint64_t> heard;
  const NgramCorpus corpus = extract_corpus(rows, {.char_max = 2}, [&](std::uint64_t done) { heard.push_back(done); });
  ASSERT_EQ(corpus.rows(), 3u);
  EXPECT_EQ(corpus.row(0).size(), 5u) << "three characters, two pairs; repeated ones repeated";
  ASSERT_EQ(corpus.row(1).size(), 1u);
  EXPECT_TRUE(corpus.row(2).empty());
  const auto first = corpus.row(0);
  EXPECT_NE(std::find(first.begin(), first.end(), corpus.row(1)[0]), first.end()) << "吃 is one n-gram in both rows";
  EXPECT_EQ(heard, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(extract_corpus(rows, {.char_max = 2}, nullptr).ngrams, corpus.ngrams);
}

TEST(SelectNgramsTest, AnNgramInTooFewRowsIsNoFeature) {
  // 10 is in three rows, 20 in two, 30 three times but in one row.
  const NgramCorpus corpus = corpus_of({{10, 30, 30, 30}, {20, 10}, {10, 20}});
  EXPECT_EQ(select_ngrams(corpus, {}, {.min_rows = 1}), (Hashes{10, 20, 30}));
  EXPECT_EQ(select_ngrams(corpus, {}, {.min_rows = 2}), (Hashes{10, 20}));
  EXPECT_EQ(select_ngrams(corpus, {}, {.min_rows = 3}), (Hashes{10}));
  EXPECT_TRUE(select_ngrams(corpus, {}, {.min_rows = 4}).empty());
  EXPECT_TRUE(select_ngrams(NgramCorpus{}, {}, {}).empty());
}

TEST(SelectNgramsTest, FrequencyKeepsWhatIsInTheMostRows) {
  const NgramCorpus corpus = corpus_of({{50, 40, 30}, {50, 40}, {50, 30}, {50, 40, 20}});
  EXPECT_EQ(select_ngrams(corpus, {}, {.min_rows = 1, .max_features = 1}), (Hashes{50}));
  EXPECT_EQ(select_ngrams(corpus, {}, {.min_rows = 1, .max_features = 2}), (Hashes{40, 50}));
  EXPECT_EQ(select_ngrams(corpus, {}, {.min_rows = 1, .max_features = 3}), (Hashes{30, 40, 50}));
  EXPECT_TRUE(select_ngrams(corpus, {}, {.min_rows = 1, .max_features = 0}).empty());
}

// Four rows, two of class 0 and two of class 1. Chi-squared of presence against a class, n (ad - bc)^2 / margins:
//   7: in every row: 0. 8: in one row of class 0: 4 (1*4 - 1*2)^2 / (1*3*2*2) = 16/12.
//   9: in both rows of class 0 and no other: 4 (2*4 - 2*2)^2 / (2*2*2*2) = 4. 6: in one row of each class: 0.
TEST(SelectNgramsTest, Chi2KeepsWhatTellsClassesApart) {
  const NgramCorpus corpus = corpus_of({{7, 9, 8}, {7, 9, 6}, {7, 6}, {7}});
  const SelectionClasses classes{{{0}, {0}, {1}, {1}}, 2};
  const SelectionOptions one{.min_rows = 1, .max_features = 1, .selection = Selection::chi2};
  EXPECT_EQ(select_ngrams(corpus, classes, one), (Hashes{9}));
  const SelectionOptions two{.min_rows = 1, .max_features = 2, .selection = Selection::chi2};
  EXPECT_EQ(select_ngrams(corpus, classes, two), (Hashes{8, 9}));
  EXPECT_EQ(select_ngrams(corpus, classes, {.min_rows = 1, .max_features = 1}), (Hashes{7})) << "by frequency";
}

// Two tasks, each with classes of its own: what matters to one of them counts, and rows without labels are in none.
TEST(SelectNgramsTest, Chi2TakesTheBestOfAllClasses) {
  const NgramCorpus corpus = corpus_of({{1, 2}, {1}, {2, 3}, {3}});
  const SelectionClasses classes{{{0, 2}, {0, 3}, {1, 2}, {}}, 4};
  const SelectionOptions two{.min_rows = 1, .max_features = 2, .selection = Selection::chi2};
  // 1 and 2 are each in exactly the rows of a class (0 and 2); 3 is in one row of a class and one of none.
  EXPECT_EQ(select_ngrams(corpus, classes, two), (Hashes{1, 2}));
}

TEST(SelectNgramsTest, EqualsAreDrawnTheSameWayEveryTime) {
  Random random(4);
  std::vector<Hashes> rows(2);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t hash = random.next();
    rows[0].push_back(hash);
    rows[1].push_back(hash);
  }
  const SelectionOptions options{.min_rows = 2, .max_features = 100};
  const Hashes chosen = select_ngrams(corpus_of(rows), {}, options);
  ASSERT_EQ(chosen.size(), 100u);
  EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
  EXPECT_EQ(std::set<std::uint64_t>(chosen.begin(), chosen.end()).size(), 100u);
  std::reverse(rows[0].begin(), rows[0].end());
  random.shuffle(rows[1]);
  EXPECT_EQ(select_ngrams(corpus_of(rows), {}, options), chosen) << "whatever order the rows hold them in";
  // Not the smallest hashes, which would all share a few buckets of the dictionary.
  EXPECT_GT(chosen.back(), std::uint64_t{1} << 63);
}

TEST(SelectionNamesTest, RoundTrip) {
  for (const Selection selection : {Selection::frequency, Selection::chi2}) {
    EXPECT_EQ(parse_selection(to_string(selection)), selection);
  }
  EXPECT_FALSE(parse_selection("mutual_information"));
}

}  // namespace
}  // namespace tenor::train
