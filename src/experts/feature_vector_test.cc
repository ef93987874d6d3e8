#include "experts/feature_vector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "base/bf16.h"
#include "base/random.h"

namespace tenor::experts {
namespace {

// A dictionary over its own tables.
struct Words {
  explicit Words(std::vector<std::uint64_t> known)
      : hashes(std::move(known)),
        tables(text::build_dictionary(hashes)),
        dictionary(text::Dictionary::view(tables.fingerprints, tables.bases).value()) {}
  std::uint32_t id(std::size_t word) const { return dictionary.find(hashes[word]); }

  std::vector<std::uint64_t> hashes;
  text::DictionaryTables tables;
  text::Dictionary dictionary;
};

std::vector<std::uint64_t> random_hashes(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint64_t> hashes(count);
  for (std::uint64_t& hash : hashes) hash = random.next();
  return hashes;
}

std::vector<text::Ngram> ngrams_of(const std::vector<std::uint64_t>& hashes) {
  std::vector<text::Ngram> ngrams;
  for (const std::uint64_t hash : hashes) ngrams.push_back({hash, 0, 0});
  return ngrams;
}

constexpr std::uint64_t kUnknown = 0x123456789abcdef0;

TEST(FeatureCounterTest, CountsInTheOrderOfFirstOccurrence) {
  const Words words({0x1111222233334444, 0x9999aaaabbbbcccc, 0xdddd0000eeee1111});
  const std::uint64_t a = words.hashes[0], b = words.hashes[1], c = words.hashes[2];
  FeatureCounter counter;
  FeatureVector features;
  counter.vectorize(ngrams_of({b, a, b, kUnknown, c, b}), words.dictionary, {}, features);
  EXPECT_EQ(features.ids, (std::vector<std::uint32_t>{words.id(1), words.id(0), words.id(2)}));
  EXPECT_EQ(features.counts, (std::vector<std::uint32_t>{3, 1, 1}));
  EXPECT_EQ(features.values.size(), 3u);
}

TEST(FeatureCounterTest, NothingKnownGivesNothing) {
  const Words words({0x1111222233334444});
  FeatureCounter counter;
  FeatureVector features;
  features.ids = {7};  // of the text before
  for (const auto& text : {std::vector<std::uint64_t>{}, std::vector<std::uint64_t>{kUnknown, kUnknown}}) {
    for (const Norm norm : {Norm::none, Norm::l2, Norm::sqrt_count}) {
      counter.vectorize(ngrams_of(text), words.dictionary, {TermWeight::count, norm, {}}, features);
      EXPECT_TRUE(features.ids.empty());
      EXPECT_TRUE(features.counts.empty());
      EXPECT_TRUE(features.values.empty());
    }
  }
}

// Large texts make the counter's table grow, small ones after them make it shrink; nothing of one text may show in the
// next.
TEST(FeatureCounterTest, TextsOfVeryDifferentSizesDoNotDisturbEachOther) {
  const Words words(random_hashes(30000, 1));
  FeatureCounter counter;
  FeatureVector features;
  Random random(2);
  for (const std::size_t size : {3u, 100000u, 1u, 40u, 0u, 70000u, 33000u, 32000u, 5u, 200000u, 2u}) {
    std::vector<std::uint64_t> text(size);
    for (std::uint64_t& hash : text) {
      hash = random.below(10) == 0 ? random.next() : words.hashes[random.below(words.hashes.size())];
    }
    std::map<std::uint32_t, std::uint32_t> expected;
    std::vector<std::uint32_t> order;
    for (const std::uint64_t hash : text) {
      const std::uint32_t id = words.dictionary.find(hash);
      if (id != text::kNoFeature && expected[id]++ == 0) order.push_back(id);
    }
    counter.vectorize(ngrams_of(text), words.dictionary, {}, features);
    ASSERT_EQ(features.ids, order) << size;
    for (std::size_t i = 0; i < order.size(); ++i) ASSERT_EQ(features.counts[i], expected[order[i]]) << size;
  }
}

TEST(FeatureCounterTest, TheSameTextAgainGivesTheSame) {
  const Words words(random_hashes(50, 3));
  FeatureCounter counter;
  FeatureVector first, again;
  counter.vectorize(ngrams_of(words.hashes), words.dictionary, {}, first);
  for (int i = 0; i < 1000; ++i) counter.vectorize(ngrams_of(words.hashes), words.dictionary, {}, again);
  EXPECT_EQ(first.ids, again.ids);
  EXPECT_EQ(first.counts, again.counts);
  EXPECT_EQ(first.values, again.values);
}

// Blocks of every size, so that the table grows in the middle of the text, and keeps what it holds.
TEST(FeatureCounterTest, BlocksCountAsTheWholeTextDoes) {
  const Words words(random_hashes(3000, 4));
  std::vector<text::Ngram> text;
  Random random(5);
  for (int i = 0; i < 20000; ++i) text.push_back({words.hashes[random.below(random.below(3000) + 1)], 0, 0});
  FeatureCounter counter;
  FeatureVector whole, blocks;
  counter.vectorize(text, words.dictionary, {}, whole);
  counter.begin(blocks);
  for (std::size_t begin = 0, size = 0; begin < text.size(); begin += size++) {
    counter.add(std::span(text).subspan(begin, std::min(size, text.size() - begin)), words.dictionary, blocks);
  }
  assign_values({}, blocks);
  EXPECT_EQ(blocks.ids, whole.ids);
  EXPECT_EQ(blocks.counts, whole.counts);
  EXPECT_EQ(blocks.values, whole.values);
}

double expected_weight(TermWeight weight, double count) {
  if (weight == TermWeight::binary) return 1;
  return weight == TermWeight::count ? count : 1 + std::log(count);
}

TEST(AssignValuesTest, EverySchemeFollowsItsFormula) {
  const std::vector<std::uint16_t> idf = {float_to_bf16(0.5f), float_to_bf16(2.0f), float_to_bf16(1.25f)};
  const std::vector<double> idf_values = {0.5, 2.0, 1.25};
  FeatureVector features;
  features.ids = {2, 0, 1};
  features.counts = {1, 4, 2};
  for (const TermWeight weight : {TermWeight::binary, TermWeight::count, TermWeight::log_count}) {
    for (const Norm norm : {Norm::none, Norm::l2, Norm::sqrt_count}) {
      for (const bool with_idf : {false, true}) {
        ValueScheme scheme{weight, norm, {}};
        if (with_idf) scheme.idf = idf;
        assign_values(scheme, features);
        std::vector<double> expected;
        double squares = 0;
        for (std::size_t i = 0; i < 3; ++i) {
          expected.push_back(expected_weight(weight, features.counts[i]) *
                             (with_idf ? idf_values[features.ids[i]] : 1.0));
          squares += expected.back() * expected.back();
        }
        const double length = norm == Norm::none ? 1 : std::sqrt(norm == Norm::l2 ? squares : 3.0);
        for (std::size_t i = 0; i < 3; ++i) {
          EXPECT_NEAR(features.values[i], expected[i] / length, 1e-6)
              << to_string(weight) << " " << to_string(norm) << " idf " << with_idf << " feature " << i;
        }
      }
    }
  }
}

TEST(AssignValuesTest, ALengthOfZeroDividesNothing) {
  const std::vector<std::uint16_t> idf = {0};
  FeatureVector features{{0}, {3}, {}};
  assign_values({TermWeight::count, Norm::l2, idf}, features);
  EXPECT_EQ(features.values, std::vector<float>{0.0f});
}

TEST(SchemeNamesTest, RoundTripAndRefuseOthers) {
  for (const TermWeight weight : {TermWeight::binary, TermWeight::count, TermWeight::log_count}) {
    EXPECT_EQ(parse_term_weight(to_string(weight)), weight);
  }
  for (const Norm norm : {Norm::none, Norm::l2, Norm::sqrt_count}) EXPECT_EQ(parse_norm(to_string(norm)), norm);
  for (const char* other : {"", "Binary", "l1", "tf-idf", "l2 "}) {
    EXPECT_FALSE(parse_term_weight(other)) << other;
    EXPECT_FALSE(parse_norm(other)) << other;
  }
}

TEST(Bf16Test, ItsOwnNumbersStay) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = bf16_to_float(static_cast<std::uint16_t>(bits));
    if (std::isfinite(value)) {
      ASSERT_EQ(float_to_bf16(value), bits);
    }
  }
}

float float_of_bits(std::uint32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

TEST(Bf16Test, TiesGoToEven) {
  EXPECT_EQ(float_to_bf16(float_of_bits(0x3F808000)), 0x3F80) << "halfway between an even and an odd number";
  EXPECT_EQ(float_to_bf16(float_of_bits(0x3F818000)), 0x3F82) << "halfway between an odd and an even number";
  EXPECT_EQ(float_to_bf16(float_of_bits(0x3F808001)), 0x3F81) << "just above the middle";
  EXPECT_EQ(float_to_bf16(float_of_bits(0x3F817FFF)), 0x3F81) << "just below the middle";
  EXPECT_EQ(float_to_bf16(float_of_bits(0xBF818000)), 0xBF82) << "negative numbers likewise";
  EXPECT_EQ(float_to_bf16(float_of_bits(0x3FFF8000)), 0x4000) << "carried into the exponent";
}

TEST(Bf16Test, IsTheNearest) {
  Random random(5);
  for (int i = 0; i < 10000; ++i) {
    const auto value = static_cast<float>((random.uniform() - 0.5) * std::pow(10.0, random.uniform() * 12 - 6));
    const std::uint16_t bits = float_to_bf16(value);
    const double error = std::abs(static_cast<double>(bf16_to_float(bits)) - static_cast<double>(value));
    for (const int step : {-1, 1}) {
      const double other = bf16_to_float(static_cast<std::uint16_t>(bits + step));
      ASSERT_LE(error, std::abs(other - static_cast<double>(value))) << value;
    }
  }
}

}  // namespace
}  // namespace tenor::experts
