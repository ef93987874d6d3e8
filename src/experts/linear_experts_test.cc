#include "experts/linear_experts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/bf16.h"
#include "base/random.h"
#include "bundle/bundle_writer.h"

namespace tenor::experts {
namespace {

using bundle::tensor_source;
using bundle::TensorSource;
using ::testing::HasSubstr;

constexpr std::size_t kExperts = 2;
constexpr std::size_t kLabels = 3;
constexpr std::size_t kColumns = kExperts * kLabels;

// The tensors of a space "s" with 20 n-grams and random weights, open to damage.
struct Space {
  Space() : hashes(20), bias(kColumns), scale(kColumns), shift(kColumns), offsets{0.25f, -0.5f, 0} {
    Random random(11);
    for (std::uint64_t& hash : hashes) hash = random.next();
    tables = text::build_dictionary(hashes);
    dictionary = text::Dictionary::view(tables.fingerprints, tables.bases).value();
    const auto number = [&] { return static_cast<float>(random.uniform() * 4 - 2); };
    for (std::size_t i = 0; i < dictionary.size() * kColumns; ++i) weights.push_back(number());
    for (std::size_t c = 0; c < kColumns; ++c) {
      bias[c] = number();
      scale[c] = number() + 3;
      shift[c] = number();
    }
    for (std::size_t f = 0; f < dictionary.size(); ++f) idf.push_back(float_to_bf16(number() + 3));
    const std::size_t features = dictionary.size(), buckets = tables.bases.size();
    add(tensor_source("s.fingerprints", {buckets, text::Dictionary::kBucketSize}, tables.fingerprints));
    add(tensor_source("s.bases", {buckets}, tables.bases));
    add(tensor_source("s.idf", {features}, idf));
    sources["s.idf"].dtype = bundle::DType::bf16;
    add(tensor_source("s.weights", {features, kColumns}, weights));
    add(tensor_source("s.bias", {kColumns}, bias));
    add(tensor_source("s.calibration_scale", {kColumns}, scale));
    add(tensor_source("s.calibration_bias", {kColumns}, shift));
    add(tensor_source("s.offsets", {kLabels}, offsets));
  }
  Space(const Space&) = delete;
  void add(const TensorSource& source) { sources[source.name] = source; }

  Result<LinearExperts> open(std::size_t experts = kExperts, std::size_t outputs = kLabels, int hash_bits = 0) {
    bundle::Manifest manifest;
    manifest.name = "toy";
    manifest.languages = {"zh"};
    manifest.tasks = {{"overall", bundle::TaskKind::overall, {"positive", "neutral", "negative"}}};
    manifest.features.normalizer_version = 1;
    manifest.experts = {{"svm", kLinearKind, kLinearFile, {"overall"}, {}}};
    bundle::BundleWriter writer(manifest);
    std::vector<TensorSource> tensors;
    for (const auto& [name, source] : sources) tensors.push_back(source);
    EXPECT_TRUE(writer.add_tensors(kLinearFile, tensors));
    EXPECT_TRUE(writer.add_file("MODEL_CARD.md", "# toy\n"));
    files = writer.build().value();
    std::vector<bundle::EmbeddedFile> embedded;
    for (const auto& [name, content] : files) embedded.push_back({name, std::as_bytes(std::span(content))});
    const auto opened = bundle::Bundle::open(embedded, "toy");
    if (!opened) return tl::unexpected(opened.error());
    return LinearExperts::open(*opened, {"s", {"overall"}, TermWeight::count, Norm::l2, hash_bits}, experts, outputs);
  }

  std::vector<std::uint64_t> hashes;
  text::DictionaryTables tables;
  text::Dictionary dictionary;
  std::vector<float> weights, bias, scale, shift, offsets;
  std::vector<std::uint16_t> idf;
  std::map<std::string, TensorSource> sources;
  std::map<std::string, std::string> files;
};

TEST(LinearExpertsTest, MarginIsItsConstantsAndTheSumOfItsContributions) {
  Space space;
  const auto experts = space.open();
  ASSERT_TRUE(experts) << experts.error().message;
  EXPECT_EQ(experts->experts(), kExperts);
  EXPECT_EQ(experts->outputs(), kLabels);
  EXPECT_EQ(experts->features(), space.dictionary.size());
  EXPECT_FALSE(experts->is_int8());
  EXPECT_EQ(std::vector<float>(experts->offsets().begin(), experts->offsets().end()), space.offsets);

  std::vector<text::Ngram> ngrams;
  for (const std::size_t word : {3u, 7u, 3u, 12u}) ngrams.push_back({space.hashes[word], 0, 0});
  FeatureCounter counter;
  FeatureVector features;
  experts->vectorize(ngrams, counter, features);
  ASSERT_EQ(features.ids.size(), 3u);
  EXPECT_EQ(features.ids[0], experts->find(space.hashes[3]));

  std::vector<float> margins(kColumns), row(kColumns);
  experts->score(features, margins);
  for (std::size_t c = 0; c < kColumns; ++c) {
    double expected = space.bias[c];
    double calibrated = static_cast<double>(space.bias[c]) * space.scale[c] + space.shift[c];
    for (std::size_t i = 0; i < features.ids.size(); ++i) {
      expected += static_cast<double>(features.values[i]) * space.weights[features.ids[i] * kColumns + c];
      experts->row(features.ids[i], row);
      calibrated += static_cast<double>(features.values[i]) * row[c];
    }
    EXPECT_NEAR(margins[c], expected * space.scale[c] + space.shift[c], 1e-4);
    EXPECT_NEAR(margins[c], calibrated, 1e-4) << "row() is in calibrated margins";
  }
}

TEST(LinearExpertsTest, IdfIsPartOfTheValues) {
  Space with, without;
  without.sources.erase("s.idf");
  const auto experts = with.open();
  const auto plain = without.open();
  ASSERT_TRUE(experts && plain);
  const std::vector<text::Ngram> ngrams = {{with.hashes[0], 0, 0}, {with.hashes[1], 0, 0}};
  FeatureCounter counter;
  FeatureVector features;
  plain->vectorize(ngrams, counter, features);
  EXPECT_EQ(features.values[0], features.values[1]);
  experts->vectorize(ngrams, counter, features);
  EXPECT_NEAR(features.values[0] / features.values[1],
              bf16_to_float(with.idf[features.ids[0]]) / bf16_to_float(with.idf[features.ids[1]]), 1e-5);
}

TEST(LinearExpertsTest, HashedFeaturesNeedNoDictionary) {
  Space space;
  for (const char* name : {"s.fingerprints", "s.bases", "s.idf"}) space.sources.erase(name);
  std::vector<float> weights(16 * kColumns);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i);
  space.add(tensor_source("s.weights", {16, kColumns}, weights));
  const auto experts = space.open(kExperts, kLabels, 4);
  ASSERT_TRUE(experts) << experts.error().message;
  EXPECT_EQ(experts->features(), 16u);
  const std::uint64_t hash = std::uint64_t{11} << 60;
  EXPECT_EQ(experts->find(hash), 11u);
  FeatureCounter counter;
  FeatureVector features;
  experts->vectorize(std::vector<text::Ngram>{{hash, 0, 0}, {hash + 5, 0, 0}}, counter, features);
  EXPECT_EQ(features.ids, std::vector<std::uint32_t>{11}) << "n-grams may share a feature";
  std::vector<float> row(kColumns);
  experts->row(11, row);
  EXPECT_FLOAT_EQ(row[2], weights[11 * kColumns + 2] * space.scale[2]);
  EXPECT_FALSE(space.open(kExperts, kLabels, 5)) << "weights of 16 features, 32 are asked for";
  EXPECT_FALSE(space.open()) << "no hash_bits and no dictionary";
}

TEST(LinearExpertsTest, EveryMissingTensorIsNamed) {
  const Space names;
  for (const auto& [name, source] : names.sources) {
    if (name == "s.idf") continue;  // its absence means 1
    Space space;
    space.sources.erase(name);
    const auto experts = space.open();
    ASSERT_FALSE(experts) << name;
    EXPECT_THAT(experts.error().message, HasSubstr(name));
    EXPECT_THAT(experts.error().message, HasSubstr("toy, feature space 's'"));
  }
}

TEST(LinearExpertsTest, EveryMisshapenTensorIsNamed) {
  const Space names;
  for (const auto& [name, source] : names.sources) {
    if (name == "s.bases") continue;  // what the others are measured by
    Space space;
    TensorSource& damaged = space.sources[name];
    damaged.shape.insert(damaged.shape.begin(), 1);
    const auto experts = space.open();
    ASSERT_FALSE(experts) << name;
    EXPECT_EQ(experts.error().code, ErrorCode::corrupt);
    EXPECT_THAT(experts.error().message, HasSubstr(name));
  }
  Space space;
  EXPECT_FALSE(space.open(kExperts + 1, kLabels)) << "another number of experts than the tensors have columns for";
  EXPECT_FALSE(space.open(kExperts, kLabels + 1)) << "more labels";
  EXPECT_FALSE(space.open(kLabels, kExperts)) << "as many columns, but of other labels";
}

TEST(LinearExpertsTest, ABrokenDictionaryIsRefused) {
  Space space;
  std::vector<std::uint32_t> bases = space.tables.bases;
  bases.back() += 1;
  space.add(tensor_source("s.bases", {bases.size()}, bases));
  const auto experts = space.open();
  ASSERT_FALSE(experts);
  EXPECT_EQ(experts.error().code, ErrorCode::corrupt);
}

TEST(LinearExpertsTest, NumbersThatAreNotFiniteAreRefused) {
  for (std::vector<float> Space::*numbers :
       {&Space::weights, &Space::bias, &Space::scale, &Space::shift, &Space::offsets}) {
    Space space;
    (space.*numbers)[1] = std::numeric_limits<float>::quiet_NaN();
    const auto experts = space.open();
    ASSERT_FALSE(experts);
    EXPECT_EQ(experts.error().code, ErrorCode::corrupt);
    EXPECT_THAT(experts.error().message, HasSubstr("finite"));
  }
  Space space;
  space.idf[1] = 0x7F80;  // infinity
  const auto experts = space.open();
  ASSERT_FALSE(experts);
  EXPECT_THAT(experts.error().message, HasSubstr("finite"));
}

}  // namespace
}  // namespace tenor::experts
