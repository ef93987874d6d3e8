#include "toy_bundle.h"

#include <map>
#include <string>
#include <vector>

#include "bundle/bundle_writer.h"
#include "experts/linear_experts.h"
#include "text/dictionary.h"
#include "text/ngrams.h"
#include "text/normalizer.h"

namespace tenor::test {

namespace {

constexpr std::size_t kOverallOutputs = 3;  // positive, neutral, negative
constexpr std::size_t kAspectOutputs = 4;   // and not_mentioned

struct ToyModel {
  std::string name;
  std::string version = "1.0";
  std::string language;
  text::NgramSpec ngrams;
  std::vector<std::string> aspects;
  std::map<std::string, std::vector<float>> words;  // word -> weights[outputs] of both experts
};

std::uint64_t hash_of(const std::string& word, const text::NgramSpec& spec) {
  text::NormalizedText normalized;
  text::normalize(word, normalized);
  text::NgramScratch scratch;
  std::vector<text::Ngram> ngrams;
  text::extract_ngrams(normalized, spec, scratch, ngrams);
  return ngrams.front().hash;
}

bundle::Manifest manifest_of(const ToyModel& model) {
  bundle::Manifest manifest;
  manifest.name = model.name;
  manifest.version = model.version;
  manifest.description = "a toy";
  manifest.created = "2024-01-01";
  manifest.languages = {model.language};
  manifest.license = "Apache-2.0";
  manifest.tasks.push_back({"overall", bundle::TaskKind::overall, {"positive", "neutral", "negative"}});
  for (const std::string& aspect : model.aspects) {
    manifest.tasks.push_back({aspect, bundle::TaskKind::aspect, {"positive", "neutral", "negative", "not_mentioned"}});
  }
  experts::SpaceSettings space;
  space.name = "toy";
  for (const bundle::Task& task : manifest.tasks) space.tasks.push_back(task.name);
  space.norm = experts::Norm::none;
  manifest.features = {text::kNormalizerVersion, experts::write_feature_settings({model.ngrams, {space}})};
  for (const char* name : {"logistic_regression", "linear_svm"}) {
    manifest.experts.push_back({name, experts::kLinearKind, experts::kLinearFile, space.tasks, {}});
  }
  manifest.fusion.set("method", "average");
  manifest.provenance.set("program", "a test");
  return manifest;
}

Status write_toy(const ToyModel& model, const std::filesystem::path& folder) {
  std::vector<std::uint64_t> hashes;
  for (const auto& [word, weights] : model.words) hashes.push_back(hash_of(word, model.ngrams));
  const text::DictionaryTables tables = text::build_dictionary(hashes);
  const auto dictionary = text::Dictionary::view(tables.fingerprints, tables.bases);
  if (!dictionary) return tl::unexpected(dictionary.error());
  const std::size_t outputs = kOverallOutputs + model.aspects.size() * kAspectOutputs;
  const std::size_t columns = 2 * outputs;
  std::vector<float> weights(dictionary->size() * columns);
  for (const auto& [word, row] : model.words) {
    float* target = weights.data() + dictionary->find(hash_of(word, model.ngrams)) * columns;
    for (std::size_t i = 0; i < columns; ++i) target[i] = row[i % outputs];
  }
  std::vector<float> bias(columns);
  for (std::size_t expert = 0; expert < 2; ++expert) {
    bias[expert * outputs + 1] = 1;  // neutral, unless a word says otherwise
    for (std::size_t a = 0; a < model.aspects.size(); ++a) {
      bias[expert * outputs + kOverallOutputs + a * kAspectOutputs + 3] = 4;  // not mentioned
    }
  }
  const std::vector<float> ones(columns, 1.0F);
  const std::vector<float> zeros(columns, 0.0F);
  const std::vector<float> offsets(outputs, 0.0F);
  bundle::BundleWriter writer(manifest_of(model));
  const Status added = writer.add_tensors(
      experts::kLinearFile,
      {bundle::tensor_source("toy.fingerprints", {tables.bases.size(), text::Dictionary::kBucketSize},
                             tables.fingerprints),
       bundle::tensor_source("toy.bases", {tables.bases.size()}, tables.bases),
       bundle::tensor_source("toy.weights", {dictionary->size(), columns}, weights),
       bundle::tensor_source("toy.bias", {columns}, bias),
       bundle::tensor_source("toy.calibration_scale", {columns}, ones),
       bundle::tensor_source("toy.calibration_bias", {columns}, zeros),
       bundle::tensor_source("toy.offsets", {outputs}, offsets)});
  if (!added) return added;
  if (Status card = writer.add_file("MODEL_CARD.md", "# a toy\n"); !card) return card;
  return writer.publish(folder);
}

}  // namespace

Status write_toy_zh(const std::filesystem::path& folder, const std::string& version) {
  //                 overall        food_taste        service_hospitality
  return write_toy({.name = "toy-zh",
                    .version = version,
                    .language = "zh",
                    .ngrams = {.char_max = 1},
                    .aspects = {"food_taste", "service_hospitality"},
                    .words = {{"好", {4, 0, -2, /**/ 2, 0, -2, 0, /**/ 2, 0, -2, 0}},
                              {"差", {-2, 0, 4, /**/ -2, 0, 2, 0, /**/ -2, 0, 2, 0}},
                              {"味", {0, 0, 0, /**/ 3, 2, 3, -3, /**/ 0, 0, 0, 0}},
                              {"服", {0, 0, 0, /**/ 0, 0, 0, 0, /**/ 3, 2, 3, -3}}}},
                   folder);
}

Status write_toy_en(const std::filesystem::path& folder) {
  return write_toy({.name = "toy-en",
                    .language = "en",
                    .ngrams = {.word_max = 1},
                    .aspects = {"food"},
                    .words = {{"good", {4, 0, -2, /**/ 2, 0, -2, 0}},
                              {"bad", {-2, 0, 4, /**/ -2, 0, 2, 0}},
                              {"food", {0, 0, 0, /**/ 3, 2, 3, -3}}}},
                   folder);
}

}  // namespace tenor::test
