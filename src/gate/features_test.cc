#include "gate/features.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string_view>

namespace tenor::gate {
namespace {

const std::vector<std::string> kDomains = {"restaurant", "microblog"};
const std::vector<std::string> kLabels = {"positive", "neutral", "negative"};

std::size_t place(const std::string& name) {
  const auto names = feature_names(kDomains, kLabels);
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

TEST(FeaturesTest, NamesCoverTheVector) {
  EXPECT_EQ(feature_names(kDomains, kLabels).size(), feature_count(2, 3));
  EXPECT_EQ(feature_count(kMaxDomains, kMaxGateLabels), kMaxFeatures);
  EXPECT_LT(place("label:negative"), feature_count(2, 3));
}

TEST(FeaturesTest, SaysHowSureAndHowUnitedExpertsAre) {
  std::vector<float> features(feature_count(2, 3), NAN);
  TextFacts facts;
  facts.characters = 1023;
  facts.negations = 9;
  facts.domains = {0.25f, 0.75f};
  text_features(facts, 2, features);
  score_features(std::array<float, 6>{0.8f, 0.1f, 0.1f, 0.2f, 0.7f, 0.1f}, 3, 2, features);
  for (const float feature : features) EXPECT_TRUE(std::isfinite(feature));
  EXPECT_FLOAT_EQ(features[place("length")], 1);
  EXPECT_EQ(features[place("negation")], 1) << "many are no more than four";
  EXPECT_EQ(features[place("domain:microblog")], 0.75f);
  EXPECT_FLOAT_EQ(features[place("top")], 0.5f);
  EXPECT_NEAR(features[place("margin")], 0.1f, 1e-6f);
  EXPECT_NEAR(features[place("disagreement")], 0.6f, 1e-6f);
  EXPECT_EQ(features[place("split")], 0.5f);
  EXPECT_FLOAT_EQ(features[place("label:neutral")], 0.4f);

  score_features(std::array<float, 3>{1, 0, 0}, 3, 2, features);
  EXPECT_EQ(features[place("entropy")], 0) << "no logarithm of zero";
  EXPECT_EQ(features[place("disagreement")], 0);
}

TEST(FeaturesTest, SaysHowSureTheAnswerIs) {
  std::vector<float> features(answer_feature_count(3), NAN);
  answer_features(std::array<float, 3>{0.5f, 0.2f, 0.3f}, features);
  EXPECT_FLOAT_EQ(features[0], 0.5f);
  EXPECT_NEAR(features[1], 0.2f, 1e-6f);
  EXPECT_NEAR(features[2], 0.04f, 1e-6f);
  EXPECT_NEAR(features[3], 1.0297f, 1e-4f) << "entropy";
  EXPECT_EQ(features[6], 0.3f);
  EXPECT_EQ(answer_feature_count(kMaxGateLabels), kMaxAnswerFeatures);
}

TEST(LogisticTest, HasNoOverflow) {
  EXPECT_EQ(logistic(0), 0.5f);
  EXPECT_EQ(logistic(1e4f), 1.0f);
  EXPECT_EQ(logistic(-1e4f), 0.0f);
}

TEST(DomainCueTest, PairsOfCharactersTell) {
  DomainCue cue{kDomains, std::vector<std::int8_t>(DomainCue::kBuckets * 2), 0.1f, {0, 0}};
  cue.weights[DomainCue::bucket(U'转', U'发') * 2 + 1] = 100;
  std::array<float, 2> p{};
  cue.find(std::u32string_view(U"转发"), p);
  EXPECT_NEAR(p[1], 1 / (1 + std::exp(-10.0f)), 1e-6f);
  cue.find(std::u32string_view(U"发"), p);
  EXPECT_EQ(p[0], 0.5f) << "one character has no pairs";
  cue.find({}, p);
  EXPECT_EQ(p[0], 0.5f);
  DomainCue().find(std::u32string_view(U"转发"), p);  // no domains: nothing is touched
  EXPECT_EQ(p[0], 0.5f);
}

TEST(DomainCueTest, BucketsAreInRangeAndSpread) {
  std::array<int, 8> eighths{};
  for (char32_t c = 0x4E00; c < 0x4E00 + 4000; ++c) {
    const std::uint32_t bucket = DomainCue::bucket(c, U'好');
    ASSERT_LT(bucket, DomainCue::kBuckets);
    ++eighths[bucket / 512];
  }
  for (const int count : eighths) EXPECT_GT(count, 250);
}

}  // namespace
}  // namespace tenor::gate
