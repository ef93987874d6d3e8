#include "text/ngrams.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"
#include "text/dictionary.h"

namespace tenor::text {
namespace {

NormalizedText plain(std::u32string_view chars) {
  NormalizedText text;
  for (const char32_t c : chars) {
    text.chars.push_back(c);
    text.byte_begin.push_back(0);
    text.byte_end.push_back(0);
  }
  return text;
}

std::vector<Ngram> extract(std::u32string_view chars, const NgramSpec& spec) {
  NgramScratch scratch;
  std::vector<Ngram> out;
  extract_ngrams(plain(chars), spec, scratch, out);
  return out;
}

std::multiset<std::pair<std::uint32_t, std::uint32_t>> spans(const std::vector<Ngram>& ngrams) {
  std::multiset<std::pair<std::uint32_t, std::uint32_t>> result;
  for (const Ngram& ngram : ngrams) result.emplace(ngram.begin, ngram.end);
  return result;
}

std::set<std::uint64_t> hashes(const std::vector<Ngram>& ngrams) {
  std::set<std::uint64_t> result;
  for (const Ngram& ngram : ngrams) result.insert(ngram.hash);
  return result;
}

TEST(NgramsTest, CharactersOneToFour) {
  const auto ngrams = extract(U"好吃不贵", {.char_max = 4});
  EXPECT_EQ(ngrams.size(), 4u + 3 + 2 + 1);
  EXPECT_EQ(spans(ngrams).count({1, 3}), 1u);
  EXPECT_EQ(hashes(ngrams).size(), ngrams.size());
}

TEST(NgramsTest, LongTextsComeInFullBlocksAndALastOne) {
  constexpr std::size_t kCharacters = 5000;
  NgramScratch scratch;
  std::vector<std::size_t> sizes;
  std::vector<Ngram> all;
  extract_ngrams(plain(std::u32string(kCharacters, U'好')), {.char_max = 2}, scratch,
                 [&](std::span<const Ngram> block) {
                   sizes.push_back(block.size());
                   all.insert(all.end(), block.begin(), block.end());
                 });
  ASSERT_EQ(all.size(), 2 * kCharacters - 1);
  ASSERT_EQ(sizes.size(), all.size() / kNgramBlock + 1);
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) EXPECT_EQ(sizes[i], kNgramBlock);
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(all[i].begin, i / 2);
    ASSERT_EQ(all[i].end, i / 2 + 1 + i % 2);
  }
}

TEST(NgramsTest, AnEmptyTextHasNoBlock) {
  NgramScratch scratch;
  extract_ngrams(plain(U""), {.char_max = 2, .word_max = 1}, scratch,
                 [](std::span<const Ngram> block) { FAIL() << block.size(); });
}

TEST(NgramsTest, SameCharactersSameHashWhereverTheyStand) {
  const auto twice = extract(U"好吃好吃", {.char_max = 2});
  EXPECT_EQ(twice.size(), 7u);
  EXPECT_EQ(hashes(twice).size(), 4u) << "好 吃 好吃 吃好";
  const auto once = extract(U"好吃", {.char_max = 2});
  for (const std::uint64_t hash : hashes(once)) EXPECT_TRUE(hashes(twice).contains(hash));
}

TEST(NgramsTest, BoundariesAreFeaturesOfTheirOwn) {
  const NgramSpec spec{.char_max = 2, .boundaries = true};
  EXPECT_EQ(extract(U"好吃", spec).size(), 3u + 2);
  EXPECT_NE(hashes(extract(U"好", spec)), hashes(extract(U"好", {.char_max = 2})));
  EXPECT_TRUE(extract(U"", spec).empty());
}

TEST(NgramsTest, WordsSplitAtPunctuationAndKeepApostrophes) {
  const auto words = extract(U"don't go, ok? 😀", {.word_max = 1});
  EXPECT_EQ(words.size(), 6u) << "don't go , ok ? 😀";
  EXPECT_EQ(spans(words).count({0, 5}), 1u);
  EXPECT_EQ(extract(U"a b c", {.word_max = 2}).size(), 5u);
}

TEST(NgramsTest, LinksAndUsersAreOneToken) {
  const NgramSpec spec{.word_max = 1};
  EXPECT_EQ(hashes(extract(U"@anna", spec)), hashes(extract(U"@bob_7", spec)));
  EXPECT_EQ(hashes(extract(U"http://a.b/c?d=e", spec)), hashes(extract(U"https://x.y", spec)));
  EXPECT_NE(hashes(extract(U"@", spec)), hashes(extract(U"@bob", spec)));
  EXPECT_EQ(extract(U"www is http", spec).size(), 3u);
}

TEST(NgramsTest, SubwordsCarryBoundaryMarks) {
  const auto pieces = extract(U"where", {.subword_min = 3, .subword_max = 3});
  EXPECT_EQ(pieces.size(), 5u) << "<wh whe her ere re>";
  for (const Ngram& piece : pieces) {
    EXPECT_LT(piece.begin, piece.end);
    EXPECT_LE(piece.end, 5u);
  }
  const auto inside = extract(U"her", {.subword_min = 3, .subword_max = 3});
  EXPECT_EQ(inside.size(), 3u) << "<he her er>";
  std::set<std::uint64_t> both;
  std::ranges::set_intersection(hashes(pieces), hashes(inside), std::inserter(both, both.end()));
  EXPECT_EQ(both.size(), 1u) << "only the unmarked 'her'";
  EXPECT_TRUE(extract(U"!!", {.subword_min = 2, .subword_max = 3}).empty());
}

TEST(NgramsTest, NegationMarksWordsUpToPunctuation) {
  const auto extra = [&](std::u32string_view text) {
    const NgramSpec with{.word_max = 1, .negation_scope = 2};
    return extract(text, with).size() - extract(text, {.word_max = 1}).size();
  };
  EXPECT_EQ(extra(U"it is not very good at all"), 4u) << "not+very not+very good not+good not+good at";
  EXPECT_EQ(extra(U"it isn't, but cheap"), 0u);
  EXPECT_EQ(extra(U"it isn't good"), 1u);
  EXPECT_EQ(extra(U"all is good"), 0u);
}

TEST(NgramsTest, NegationMarksCharactersOfChinese) {
  const auto ngrams = extract(U"不好吃。贵", {.char_max = 1, .negation_scope = 4});
  EXPECT_EQ(ngrams.size(), 5u + 4u) << "不+好 不+好吃 不+吃 不+吃。";
  EXPECT_NE(hashes(extract(U"不好", {.char_max = 1, .negation_scope = 4})), hashes(extract(U"不好", {.char_max = 1})));
}

TEST(NgramsTest, RepeatsAreFoldedInWordsOnly) {
  const NgramSpec spec{.word_max = 1, .subword_min = 3, .subword_max = 3, .fold_repeats = true};
  EXPECT_EQ(hashes(extract(U"sooooo", spec)), hashes(extract(U"soo", spec)));
  EXPECT_NE(hashes(extract(U"soo", spec)), hashes(extract(U"so", spec)));
  for (const Ngram& ngram : extract(U"sooooo", spec)) EXPECT_LE(ngram.end, 6u);
}

TEST(NgramsTest, SpansStayInsideAnyText) {
  Random random(7);
  const NgramSpec spec{.char_max = 3,
                       .word_max = 2,
                       .subword_min = 2,
                       .subword_max = 4,
                       .boundaries = true,
                       .negation_scope = 3,
                       .fold_repeats = true};
  ASSERT_TRUE(validate(spec));
  const std::u32string alphabet = U"ab'@ .h!不好😀_:/w";
  for (int round = 0; round < 2000; ++round) {
    std::u32string text;
    for (std::uint64_t n = random.below(12); n > 0; --n) text += alphabet[random.below(alphabet.size())];
    for (const Ngram& ngram : extract(text, spec)) {
      ASSERT_LT(ngram.begin, ngram.end);
      ASSERT_LE(ngram.end, text.size());
    }
  }
}

TEST(NgramsTest, ValidationNamesTheField) {
  EXPECT_FALSE(validate({}));
  EXPECT_NE(validate({.char_max = 9}).error().message.find("char_max"), std::string::npos);
  EXPECT_NE(validate({.subword_min = 4, .subword_max = 3}).error().message.find("subword_min"), std::string::npos);
  EXPECT_FALSE(validate({.char_max = 1, .negation_scope = 17}));
}

TEST(DictionaryTest, FindsEveryHashAndFewOthers) {
  Random random(1);
  std::vector<std::uint64_t> hashes(100000);
  for (std::uint64_t& hash : hashes) hash = random.next();
  const DictionaryTables tables = build_dictionary(hashes);
  const auto dictionary = Dictionary::view(tables.fingerprints, tables.bases);
  ASSERT_TRUE(dictionary) << dictionary.error().message;
  EXPECT_GT(dictionary->size(), 99900u);
  std::vector<int> used(dictionary->size());
  for (const std::uint64_t hash : hashes) {
    const std::uint32_t feature = dictionary->find(hash);
    ASSERT_LT(feature, dictionary->size());
    ++used[feature];
  }
  EXPECT_TRUE(std::all_of(used.begin(), used.end(), [](int n) { return n > 0; }));
  int false_hits = 0;
  for (int i = 0; i < 1000000; ++i) false_hits += dictionary->find(random.next()) != kNoFeature;
  EXPECT_LT(false_hits, 200);
}

TEST(DictionaryTest, SmallAndEmptyOnesWork) {
  for (const std::size_t count : {0u, 1u, 7u, 40u}) {
    Random random(count);
    std::vector<std::uint64_t> hashes(count);
    for (std::uint64_t& hash : hashes) hash = random.next();
    const DictionaryTables tables = build_dictionary(hashes);
    const auto dictionary = Dictionary::view(tables.fingerprints, tables.bases);
    ASSERT_TRUE(dictionary);
    for (const std::uint64_t hash : hashes) EXPECT_LT(dictionary->find(hash), count);
    EXPECT_EQ(dictionary->find(12345), kNoFeature);
  }
}

TEST(DictionaryTest, RefusesTablesThatContradictThemselves) {
  DictionaryTables tables = build_dictionary(std::vector<std::uint64_t>{1ULL << 40, 2ULL << 50, 3ULL << 60});
  ASSERT_TRUE(Dictionary::view(tables.fingerprints, tables.bases));
  auto broken = tables;
  broken.bases.back() += 1;
  EXPECT_EQ(Dictionary::view(broken.fingerprints, broken.bases).error().code, ErrorCode::corrupt);
  broken = tables;
  broken.fingerprints.pop_back();
  EXPECT_FALSE(Dictionary::view(broken.fingerprints, broken.bases));
  broken = tables;
  std::fill(broken.fingerprints.begin(), broken.fingerprints.end(), std::uint16_t{9});
  broken.bases.assign(broken.bases.size(), 0);
  for (std::size_t i = 0; i < broken.bases.size(); ++i) broken.bases[i] = static_cast<std::uint32_t>(i * 8);
  EXPECT_FALSE(Dictionary::view(broken.fingerprints, broken.bases)) << "a full table would never end a look-up";
  EXPECT_FALSE(Dictionary::view({}, {}));
}

TEST(HashedFeaturesTest, StaysInRange) {
  const HashedFeatures hashed(18);
  EXPECT_EQ(hashed.size(), 1u << 18);
  EXPECT_EQ(hashed.find(~std::uint64_t{0}), (1u << 18) - 1);
  EXPECT_EQ(hashed.find(0), 0u);
}

}  // namespace
}  // namespace tenor::text
