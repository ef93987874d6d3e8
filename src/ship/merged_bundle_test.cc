#include "ship/merged_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/draft.h"
#include "engine/test_encoders.h"

namespace tenor::ship {
namespace {

using engine::testing::aspect_task;
using engine::testing::encoder_bundle;
using engine::testing::encoder_config;
using engine::testing::encoder_manifest;
using engine::testing::kVocabulary;
using engine::testing::overall_task;
using engine::testing::published_encoder;
using engine::testing::toy_bundle;
using engine::testing::toy_zh;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bundle::BundleWriter merged(const std::vector<bundle::Bundle>& bundles) {
  auto writer = merge_bundles(bundles);
  EXPECT_TRUE(writer) << writer.error().message;
  return std::move(*writer);
}

std::string error(const std::vector<bundle::Bundle>& bundles) {
  const auto writer = merge_bundles(bundles);
  return writer ? "NO ERROR" : writer.error().message;
}

std::vector<std::string> names(const bundle::Manifest& manifest) {
  std::vector<std::string> out;
  for (const bundle::Expert& expert : manifest.experts) out.push_back(expert.name);
  return out;
}

bundle::Bundle encoder_with(unsigned seed, std::string_view vocabulary = kVocabulary) {
  const auto config = encoder_config(3);
  return published_encoder(encoder_manifest(config, {overall_task()}), config, seed, vocabulary);
}

TEST(MergedBundleTest, HoldsAllExpertsAndOpens) {
  // The linear one gives name and features wherever it stands; experts keep the order of the bundles.
  bundle::BundleWriter writer = merged({encoder_bundle(), toy_bundle(toy_zh())});
  EXPECT_EQ(writer.manifest().name, "toy-zh");
  EXPECT_THAT(names(writer.manifest()), ElementsAre("encoder", "logistic_regression", "linear_svm"));
  EXPECT_EQ(writer.manifest().tasks.size(), 3u);
  EXPECT_EQ(writer.manifest().license, "Apache-2.0; CC0");
  EXPECT_EQ(writer.manifest().provenance.objects("fused")->size(), 2u);
  EXPECT_THAT(*writer.find_file("MODEL_CARD.md"), HasSubstr("# toy\n\n## Part of this model\n\n### encoder\n"));
  const auto draft = bundle::DraftBundle::open(writer, "merged").value();
  const auto engine = engine::Engine::open({&draft.bundle(), 1});
  ASSERT_TRUE(engine) << engine.error().message;
  engine::Verdict verdict;
  ASSERT_TRUE(engine->classify("味道好", {.all_aspects = true}, *engine->make_scratch(), verdict));
  EXPECT_EQ(verdict.experts.size(), 3u);
  EXPECT_EQ(verdict.aspects.size(), 2u);
}

TEST(MergedBundleTest, NamesThatAreTakenGetNumbers) {
  const std::string other = std::string(kVocabulary.substr(0, kVocabulary.size() - 4)) + "多\n";
  bundle::BundleWriter writer = merged({encoder_with(1), encoder_with(2), encoder_with(3, other)});
  EXPECT_THAT(names(writer.manifest()), ElementsAre("encoder", "encoder-2", "encoder-3"));
  const auto& experts = writer.manifest().experts;
  EXPECT_EQ(experts[1].file, "encoder-2.safetensors");
  EXPECT_EQ(experts[2].file, "encoder-3.safetensors");
  EXPECT_EQ(experts[1].settings.object("tokenizer")->text("file").value(), "vocab.txt") << "equal files are one";
  EXPECT_EQ(experts[2].settings.object("tokenizer")->text("file").value(), "vocab-2.txt");
  EXPECT_EQ(*writer.find_file("vocab-2.txt"), other);
  const auto draft = bundle::DraftBundle::open(writer, "merged").value();
  EXPECT_TRUE(engine::Engine::open({&draft.bundle(), 1}));
}

TEST(MergedBundleTest, TasksOfOthersAreAdded) {
  const auto config = encoder_config(7);
  const auto both = published_encoder(encoder_manifest(config, {overall_task(), aspect_task("price")}), config);
  EXPECT_EQ(merged({toy_bundle(toy_zh()), both}).manifest().tasks.back().name, "price");
}

TEST(MergedBundleTest, WhatDoesNotFitIsRefused) {
  EXPECT_THAT(error({}), HasSubstr("at least one"));
  EXPECT_THAT(error({toy_bundle(toy_zh()), toy_bundle(engine::testing::toy_en())}), HasSubstr("linear experts"));
  engine::testing::ToyModel english = engine::testing::toy_en();
  EXPECT_THAT(error({toy_bundle(english), encoder_bundle()}), HasSubstr("'en'"));
  const auto config = encoder_config(3);
  auto turned = encoder_manifest(config, {overall_task()});
  std::swap(turned.tasks[0].labels[0], turned.tasks[0].labels[2]);
  EXPECT_THAT(error({toy_bundle(toy_zh()), published_encoder(turned, config)}), HasSubstr("another order"));
}

}  // namespace
}  // namespace tenor::ship
