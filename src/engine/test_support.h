// Models of known weights for the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "bundle/bundle_writer.h"
#include "engine/engine.h"
#include "experts/feature_settings.h"
#include "experts/linear_experts.h"
#include "text/ngrams.h"
#include "text/normalizer.h"

namespace tenor::engine::testing {

inline const std::vector<std::string> kOverall = {"positive", "neutral", "negative"};
inline const std::vector<std::string> kAspect = {"positive", "neutral", "negative", "not_mentioned"};

// One feature space; every array of numbers is [experts, outputs] (offsets: [outputs]), zeros where empty.
struct ToySpace {
  std::string name;
  std::vector<std::string> tasks;
  std::map<std::uint64_t, std::vector<float>> weights = {};  // by hash of the n-gram
  std::vector<float> bias = {};
  std::vector<float> calibration_scale = {};  // ones where empty
  std::vector<float> calibration_bias = {};
  std::vector<float> offsets = {};
  experts::TermWeight term_weight = experts::TermWeight::count;
  experts::Norm norm = experts::Norm::none;
};

struct ToyModel {
  std::string name;
  std::vector<std::string> languages;
  text::NgramSpec ngrams;
  std::vector<bundle::Task> tasks;
  std::vector<ToySpace> spaces;
  std::vector<std::string> experts = {"logistic_regression", "linear_svm"};
  std::function<void(bundle::Manifest&)> edit = nullptr;  // the last word on the manifest

  std::size_t outputs(const ToySpace& space) const {
    std::size_t count = 0;
    for (const bundle::Task& task : tasks) {
      for (const std::string& name_of_task : space.tasks) count += task.name == name_of_task ? task.labels.size() : 0;
    }
    return count;
  }
  std::size_t columns(const ToySpace& space) const { return experts.size() * outputs(space); }
};

inline bundle::Task overall_task() {
  return {"overall", bundle::TaskKind::overall, kOverall};
}
inline bundle::Task aspect_task(const std::string& name) {
  return {name, bundle::TaskKind::aspect, kAspect};
}

inline std::vector<text::Ngram> ngrams_of(std::string_view text, const text::NgramSpec& spec) {
  text::NormalizedText normalized;
  text::normalize(text, normalized);
  text::NgramScratch scratch;
  std::vector<text::Ngram> ngrams;
  text::extract_ngrams(normalized, spec, scratch, ngrams);
  return ngrams;
}

// The n-gram that is the whole of `text`.
inline std::uint64_t hash_of(std::string_view text, const text::NgramSpec& spec) {
  std::uint64_t hash = 0;
  std::uint32_t longest = 0;
  for (const text::Ngram& ngram : ngrams_of(text, spec)) {
    if (ngram.end - ngram.begin > longest) {
      longest = ngram.end - ngram.begin;
      hash = ngram.hash;
    }
  }
  return hash;
}

inline std::vector<float> repeated(const std::vector<float>& row, std::size_t times) {
  std::vector<float> all;
  for (std::size_t i = 0; i < times; ++i) all.insert(all.end(), row.begin(), row.end());
  return all;
}

inline bundle::Manifest toy_manifest(const ToyModel& model) {
  bundle::Manifest manifest;
  manifest.name = model.name;
  manifest.version = "1.0";
  manifest.languages = model.languages;
  manifest.license = "Apache-2.0";
  manifest.tasks = model.tasks;
  experts::FeatureSettings settings{model.ngrams, {}};
  for (const ToySpace& space : model.spaces) {
    settings.spaces.push_back({space.name, space.tasks, space.term_weight, space.norm});
  }
  manifest.features = {text::kNormalizerVersion, experts::write_feature_settings(settings)};
  std::vector<std::string> names;
  for (const bundle::Task& task : model.tasks) names.push_back(task.name);
  for (const std::string& expert : model.experts) {
    manifest.experts.push_back({expert, experts::kLinearKind, experts::kLinearFile, names, {}});
  }
  manifest.fusion.set("method", "average");
  if (model.edit) model.edit(manifest);
  return manifest;
}

// A space's numbers in the layout of the file.
struct SpaceArrays {
  SpaceArrays(const ToyModel& model, const ToySpace& space) : columns(model.columns(space)) {
    std::vector<std::uint64_t> hashes;
    for (const auto& [hash, row] : space.weights) hashes.push_back(hash);
    tables = text::build_dictionary(hashes);
    const auto dictionary = text::Dictionary::view(tables.fingerprints, tables.bases).value();
    features = dictionary.size();
    weights.resize(features * columns);
    for (const auto& [hash, row] : space.weights) {
      EXPECT_EQ(row.size(), columns);
      std::copy(row.begin(), row.end(), weights.begin() + dictionary.find(hash) * static_cast<std::ptrdiff_t>(columns));
    }
    const auto filled = [](std::vector<float> numbers, std::size_t count, float value) {
      return numbers.empty() ? std::vector<float>(count, value) : numbers;
    };
    bias = filled(space.bias, columns, 0);
    scale = filled(space.calibration_scale, columns, 1);
    shift = filled(space.calibration_bias, columns, 0);
    offsets = filled(space.offsets, model.outputs(space), 0);
  }
  void append(const std::string& prefix, std::vector<bundle::TensorSource>& tensors) const {
    using bundle::tensor_source;
    const std::size_t buckets = tables.bases.size();
    tensors.push_back(tensor_source(prefix + "fingerprints", {buckets, 8}, tables.fingerprints));
    tensors.push_back(tensor_source(prefix + "bases", {buckets}, tables.bases));
    tensors.push_back(tensor_source(prefix + "weights", {features, columns}, weights));
    tensors.push_back(tensor_source(prefix + "bias", {columns}, bias));
    tensors.push_back(tensor_source(prefix + "calibration_scale", {columns}, scale));
    tensors.push_back(tensor_source(prefix + "calibration_bias", {columns}, shift));
    tensors.push_back(tensor_source(prefix + "offsets", {offsets.size()}, offsets));
  }
  std::size_t columns, features = 0;
  text::DictionaryTables tables;
  std::vector<float> weights, bias, scale, shift, offsets;
};

// Written to a folder that is gone again when this returns: the mapping keeps the bundle's bytes.
inline bundle::Bundle toy_bundle(const ToyModel& model) {
  std::vector<SpaceArrays> arrays;
  for (const ToySpace& space : model.spaces) arrays.emplace_back(model, space);
  std::vector<bundle::TensorSource> tensors;
  for (std::size_t i = 0; i < arrays.size(); ++i) arrays[i].append(model.spaces[i].name + ".", tensors);
  bundle::BundleWriter writer(toy_manifest(model));
  EXPECT_TRUE(writer.add_tensors(experts::kLinearFile, tensors));
  EXPECT_TRUE(writer.add_file("MODEL_CARD.md", "# toy\n"));
  std::string folder = (std::filesystem::temp_directory_path() / "tenor-engine-test-XXXXXX").string();
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  const Status published = writer.publish(folder + "/toy");
  EXPECT_TRUE(published) << published.error().message;
  auto bundle = bundle::Bundle::open(folder + "/toy");
  EXPECT_TRUE(bundle) << bundle.error().message;
  std::filesystem::remove_all(folder);
  return bundle.value();
}

inline Result<Engine> open_toys(const std::vector<ToyModel>& models) {
  std::vector<bundle::Bundle> bundles;
  for (const ToyModel& model : models) bundles.push_back(toy_bundle(model));
  return Engine::open(bundles);
}

// An answer of a scratch of its own.
inline Verdict classify(const Engine& engine, std::string_view text, const Options& options = {}) {
  Verdict verdict;
  const auto status = engine.classify(text, options, *engine.make_scratch(), verdict);
  EXPECT_TRUE(status) << status.error().message;
  return verdict;
}

// Chinese: 好 speaks for positive, 差 for negative; 味 mentions food_taste, 位 mentions location. Two spaces, as real
// models have.
inline ToyModel toy_zh() {
  ToyModel model{.name = "toy-zh", .languages = {"zh"}, .ngrams = {.char_max = 2}, .tasks = {}, .spaces = {}};
  model.tasks = {overall_task(), aspect_task("food_taste"), aspect_task("location")};
  ToySpace overall{.name = "overall", .tasks = {"overall"}};
  overall.weights[hash_of("好", model.ngrams)] = {3, 0, -2, 2, 0, -1};
  overall.weights[hash_of("差", model.ngrams)] = {-2, 0, 3, -1, 0, 2};
  overall.bias = {0, 1, 0, 0, 1, 0};
  ToySpace aspects{.name = "aspects", .tasks = {"food_taste", "location"}};
  aspects.weights[hash_of("好", model.ngrams)] = repeated({2, 0, -2, 0, 2, 0, -2, 0}, 2);
  aspects.weights[hash_of("差", model.ngrams)] = repeated({-2, 0, 2, 0, -2, 0, 2, 0}, 2);
  aspects.weights[hash_of("味", model.ngrams)] = repeated({3, 2, 3, -3, 0, 0, 0, 0}, 2);
  aspects.weights[hash_of("位", model.ngrams)] = repeated({0, 0, 0, 0, 3, 2, 3, -3}, 2);
  aspects.bias = repeated({0, 0, 0, 4, 0, 0, 0, 4}, 2);
  model.spaces = {overall, aspects};
  return model;
}

// English: good and bad, and the aspect food.
inline ToyModel toy_en() {
  ToyModel model{.name = "toy-en", .languages = {"en"}, .ngrams = {.word_max = 1}, .tasks = {}, .spaces = {}};
  model.tasks = {overall_task(), aspect_task("food")};
  ToySpace space{.name = "all", .tasks = {"overall", "food"}};
  space.weights[hash_of("good", model.ngrams)] = repeated({4, 0, -2, 2, 0, -2, 0}, 2);
  space.weights[hash_of("bad", model.ngrams)] = repeated({-2, 0, 4, -2, 0, 2, 0}, 2);
  space.weights[hash_of("food", model.ngrams)] = repeated({0, 0, 0, 3, 2, 3, -3}, 2);
  space.bias = repeated({0, 1, 0, 0, 0, 0, 4}, 2);
  model.spaces = {space};
  return model;
}

// Random weights for every n-gram of `texts`: nothing about it is special, so that no error can hide in a zero.
inline ToyModel random_model(text::NgramSpec ngrams, const std::vector<std::string>& texts, std::uint64_t seed) {
  ToyModel model{.name = "random", .languages = {"zh", "en"}, .ngrams = ngrams, .tasks = {}, .spaces = {}};
  model.tasks = {overall_task(), aspect_task("a"), aspect_task("b")};
  Random random(seed);
  const auto numbers = [&](std::size_t count, double low, double high) {
    std::vector<float> row(count);
    for (float& number : row) number = static_cast<float>(low + random.uniform() * (high - low));
    return row;
  };
  for (const auto& [name, tasks] : {std::pair{"overall", std::vector<std::string>{"overall"}},
                                    std::pair{"aspects", std::vector<std::string>{"b", "a"}}}) {
    ToySpace space{.name = name, .tasks = tasks};
    space.term_weight = experts::TermWeight::log_count;
    space.norm = experts::Norm::l2;
    const std::size_t columns = model.columns(space);
    for (const std::string& text : texts) {
      for (const text::Ngram& ngram : ngrams_of(text, ngrams)) {
        auto& row = space.weights[ngram.hash];
        if (row.empty()) row = numbers(columns, -1, 1);
      }
    }
    space.bias = numbers(columns, -1, 1);
    space.calibration_scale = numbers(columns, 0.5, 2);
    space.calibration_bias = numbers(columns, -1, 1);
    space.offsets = numbers(model.outputs(space), -0.5, 0.5);
    model.spaces.push_back(space);
  }
  return model;
}

}  // namespace tenor::engine::testing
