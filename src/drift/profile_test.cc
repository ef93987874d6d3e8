#include "drift/profile.h"

#include <gmock/gmock.h>

#include <cmath>

namespace tenor::drift {
namespace {

using testing::ElementsAre;

TEST(Profile, BinsAreWhereTheHeaderSays) {
  const auto bin = [](Signal signal, const Observation& seen) { return bin_of(signal, seen, 3); };
  EXPECT_EQ(bin(Signal::label, {.label = 2}), 2u);
  EXPECT_EQ(bin(Signal::label, {.label = 9}), 2u);
  EXPECT_EQ(bin(Signal::confidence, {.confidence = 0}), 0u);
  EXPECT_EQ(bin(Signal::confidence, {.confidence = 0.95}), 9u);
  EXPECT_EQ(bin(Signal::confidence, {.confidence = 1}), 9u);
  EXPECT_EQ(bin(Signal::confidence, {.confidence = std::nan("")}), 0u);
  EXPECT_EQ(bin(Signal::unknown, {.pieces = 0}), kNoBin);
  EXPECT_EQ(bin(Signal::unknown, {.pieces = 10, .unknown_pieces = 3}), 3u);
  EXPECT_EQ(bin(Signal::unknown, {.pieces = 10, .unknown_pieces = 10}), 9u);
  EXPECT_EQ(bin(Signal::length, {.characters = 0}), 0u);
  EXPECT_EQ(bin(Signal::length, {.characters = 1}), 0u);
  EXPECT_EQ(bin(Signal::length, {.characters = 3}), 1u);
  EXPECT_EQ(bin(Signal::length, {.characters = 4}), 2u);
  EXPECT_EQ(bin(Signal::length, {.characters = 2048}), 11u);
  EXPECT_EQ(bin(Signal::length, {.characters = 4000000000U}), 11u);
  EXPECT_EQ(bin_of(Signal::label, {}, 0), kNoBin);
}

TEST(Profile, CountsAndAddsUp) {
  Profile profile(3);
  profile.add({.label = 0, .confidence = 0.9, .pieces = 4, .unknown_pieces = 1, .characters = 5});
  profile.add({.label = 2, .confidence = 0.5, .characters = 5});
  EXPECT_EQ(profile.texts, 2u);
  EXPECT_THAT(profile.of(Signal::label), ElementsAre(1, 0, 1));
  EXPECT_EQ(profile.of(Signal::length)[2], 2u);
  EXPECT_EQ(profile.unknown_share(), 0.25);
  Profile twice(3);
  twice.add(profile);
  twice.add(profile);
  EXPECT_EQ(twice.texts, 4u);
  EXPECT_THAT(twice.of(Signal::label), ElementsAre(2, 0, 2));
  EXPECT_EQ(Profile(3).unknown_share(), 0);
}

TEST(Profile, ComparisonSaysNothingOfMissingSignals) {
  Profile reference(2);
  Profile seen(2);
  for (int i = 0; i < 100; ++i) {
    reference.add({.label = 0, .confidence = 0.9, .pieces = 5, .characters = 10});
    seen.add({.label = 1, .confidence = 0.9, .characters = 10});
  }
  const Drift drift = compare(reference, seen);
  EXPECT_EQ(drift.texts, 100u);
  EXPECT_GT(drift.of(Signal::label), 1);
  EXPECT_NEAR(drift.of(Signal::confidence), 0, 1e-3);
  EXPECT_TRUE(std::isnan(drift.of(Signal::unknown)));
  EXPECT_EQ(drift.greatest(), drift.of(Signal::label));
  EXPECT_TRUE(std::isnan(compare(reference, Profile(2)).greatest()));
}

}  // namespace
}  // namespace tenor::drift
