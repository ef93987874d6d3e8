#include "ship/linear_bundle.h"

#include "data/labels.h"
#include "experts/feature_settings.h"
#include "experts/linear_experts.h"
#include "text/normalizer.h"

namespace tenor::ship {

namespace {

namespace names = experts::tensor_names;

bundle::Task to_task(const train::LinearTask& task) {
  bundle::Task result;
  result.name = task.name;
  result.kind = task.name == "overall" ? bundle::TaskKind::overall : bundle::TaskKind::aspect;
  for (const std::int8_t label : task.labels) {
    result.labels.emplace_back(data::kLabelNames[static_cast<std::size_t>(label)]);
  }
  return result;
}

// The overall task comes first, wherever the configuration puts its space.
Result<std::vector<bundle::Task>> all_tasks(const std::vector<train::TrainedSpace>& spaces) {
  std::vector<bundle::Task> tasks;
  for (const bool overall : {true, false}) {
    for (const train::TrainedSpace& space : spaces) {
      for (const train::LinearTask& task : space.tasks) {
        if ((task.name == "overall") == overall) tasks.push_back(to_task(task));
      }
    }
    if (tasks.empty())
      return fail(ErrorCode::invalid_argument, "one space must have the overall task (aspects: false)");
  }
  return tasks;
}

void add_space(const train::TrainedSpace& space, std::vector<bundle::TensorSource>& tensors) {
  const auto named = [&](const char* name) { return space.settings.name + "." + name; };
  const std::size_t buckets = space.dictionary.bases.size();
  const std::size_t columns = space.bias.size();
  const std::size_t features = space.weights.size() / columns;
  if (space.settings.hash_bits == 0) {
    tensors.push_back(bundle::tensor_source(named(names::kFingerprints), {buckets, text::Dictionary::kBucketSize},
                                            space.dictionary.fingerprints));
    tensors.push_back(bundle::tensor_source(named(names::kBases), {buckets}, space.dictionary.bases));
  }
  if (!space.idf.empty()) {
    tensors.push_back(bundle::tensor_source(named(names::kIdf), {features}, space.idf));
    tensors.back().dtype = bundle::DType::bf16;
  }
  if (space.int8.values.empty()) {
    tensors.push_back(bundle::tensor_source(named(names::kWeights), {features, columns}, space.weights));
  } else {
    tensors.push_back(bundle::tensor_source(named(names::kWeights), {features, columns}, space.int8.values));
    tensors.push_back(bundle::tensor_source(named(names::kScales), {features}, space.int8.scales));
    tensors.back().dtype = bundle::DType::bf16;
  }
  tensors.push_back(bundle::tensor_source(named(names::kBias), {columns}, space.bias));
  tensors.push_back(
      bundle::tensor_source(named(names::kCalibrationScale), {columns}, space.decisions.calibration_scale));
  tensors.push_back(bundle::tensor_source(named(names::kCalibrationBias), {columns}, space.decisions.calibration_bias));
  tensors.push_back(
      bundle::tensor_source(named(names::kOffsets), {space.decisions.offsets.size()}, space.decisions.offsets));
}

bundle::JsonObject provenance_of(const LinearBundleInput& input) {
  bundle::JsonObject json;
  json.set("program", "tenor-train").set("command", input.command).set("config", input.config_text);
  json.set("seed", input.config.seed);
  std::vector<bundle::JsonObject> data;
  for (const train::TrainedSpace& space : input.spaces) {
    bundle::JsonObject entry;
    entry.set("space", space.settings.name);
    entry.set("train_rows", static_cast<std::int64_t>(space.report.train_rows));
    entry.set("train_fingerprint", space.report.train_fingerprint);
    entry.set("dev_rows", static_cast<std::int64_t>(space.report.dev_rows));
    entry.set("dev_fingerprint", space.report.dev_fingerprint);
    data.push_back(entry);
  }
  json.set("data", data);
  return json;
}

}  // namespace

Result<bundle::BundleWriter> make_linear_bundle(const LinearBundleInput& input) {
  const train::LinearConfig& config = input.config;
  bundle::Manifest manifest;
  manifest.name = config.name;
  manifest.version = config.version;
  manifest.description = config.description;
  manifest.created = config.created;
  manifest.languages = config.languages;
  manifest.license = config.license;
  auto tasks = all_tasks(input.spaces);
  if (!tasks) return tl::unexpected(tasks.error());
  manifest.tasks = std::move(*tasks);

  experts::FeatureSettings features{config.ngrams, {}};
  std::vector<bundle::TensorSource> tensors;
  for (const train::TrainedSpace& space : input.spaces) {
    features.spaces.push_back(space.settings);
    add_space(space, tensors);
  }
  manifest.features = {text::kNormalizerVersion, experts::write_feature_settings(features)};
  for (const train::LinearKind kind : train::kLinearKinds) {
    bundle::Expert expert{train::to_string(kind), experts::kLinearKind, experts::kLinearFile, {}, {}};
    for (const bundle::Task& task : manifest.tasks) expert.tasks.push_back(task.name);
    manifest.experts.push_back(std::move(expert));
  }
  manifest.fusion.set("method", "average");
  manifest.provenance = provenance_of(input);

  bundle::BundleWriter writer(std::move(manifest));
  if (auto status = writer.add_tensors(experts::kLinearFile, tensors); !status) return tl::unexpected(status.error());
  return writer;
}

}  // namespace tenor::ship
