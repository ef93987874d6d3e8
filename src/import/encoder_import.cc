#include "import/encoder_import.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/sha256.h"
#include "bundle/json_text.h"
#include "experts/tokenizer_settings.h"
#include "import/checkpoint.h"
#include "import/hf_config.h"
#include "import/hf_tokenizer.h"
#include "import/import_card.h"
#include "import/labels.h"
#include "import/weights.h"
#include "text/normalizer.h"

namespace tenor::import {

namespace {

namespace fs = std::filesystem;

std::string folder_name(const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::canonical(folder, error);
  const std::string name = (error ? folder : whole).filename().string();
  return name.empty() ? "encoder" : name;
}

std::string precision_name(bundle::DType dtype) {
  return dtype == bundle::DType::f32 ? "f32" : dtype == bundle::DType::bf16 ? "bf16" : "f16";
}

Result<std::size_t> choose_max_tokens(const ImportOptions& options, std::size_t positions, std::size_t tokenizers) {
  const std::size_t most = std::min(positions, tokenizers);
  const std::size_t chosen = options.max_tokens.value_or(most);
  if (chosen >= 3 && chosen <= positions) return chosen;
  return fail(ErrorCode::invalid_argument, "max_tokens is " + std::to_string(chosen) + "; expected 3 to " +
                                               std::to_string(positions) + ", the positions that the model has");
}

std::vector<std::string> describe_labels(const LabelPlan& plan) {
  std::vector<std::string> out;
  std::size_t row = 0;
  for (std::size_t label = 0; label < plan.labels.size(); ++label) {
    std::string line = plan.labels[label] + " <- ";
    for (std::size_t i = 0; i < plan.rows_of_label[label]; ++i) line += (i > 0 ? ", " : "") + plan.source_labels[row++];
    out.push_back(std::move(line));
  }
  return out;
}

bundle::JsonObject expert_settings(const HfConfig& config, const LabelPlan& plan, const ImportSummary& summary,
                                   const experts::TokenizerSettings& tokenizer) {
  bundle::JsonObject settings;
  experts::write_encoder_config(config.encoder, settings);
  settings.set("precision", summary.precision);
  settings.set("tokenizer", experts::write_tokenizer_settings(tokenizer));
  bundle::JsonObject long_text;
  long_text.set("method", "head_tail").set("head_share", 0.25);
  settings.set("long_text", long_text);
  settings.set("task_kind", config.multi_label ? "multi_label" : "single_label");
  settings.set("source_labels", plan.source_labels);
  if (plan.groups()) {
    settings.set("label_rows", std::vector<double>(plan.rows_of_label.begin(), plan.rows_of_label.end()));
  }
  return settings;
}

bundle::JsonObject provenance_of(const ImportOptions& options, const Checkpoint& checkpoint,
                                 const ImportSummary& summary) {
  bundle::JsonObject source;
  source.set("folder", folder_name(options.folder)).set("architecture", summary.architecture);
  for (std::size_t i = 0; i < checkpoint.files().size(); ++i) {
    source.set("sha256 of " + checkpoint.files()[i], sha256_hex(checkpoint.bytes(i)));
  }
  bundle::JsonObject json;
  return json.set("program", "tenor-train").set("command", options.command).set("source", source);
}

// A checkpoint taken apart and understood, before its numbers are touched.
struct Plan {
  HfConfig config;
  ImportedTokenizer tokenizer;
  Checkpoint checkpoint;
  Layout layout;
  LabelPlan labels;
};

Result<Plan> make_plan(const ImportOptions& options) {
  const fs::path& folder = options.folder;
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return fail(ErrorCode::not_found, "there is no folder " + folder.string() +
                                          ": expected one with config.json, a vocabulary and the weights");
  }
  const auto json = read_json(folder / "config.json");
  if (!json) return tl::unexpected(json.error());
  auto config = read_hf_config(*json);
  if (!config) return fail(config.error(), (folder / "config.json").string());
  auto tokenizer = read_hf_tokenizer(folder);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  auto checkpoint = Checkpoint::open(folder);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  auto layout = find_layout(checkpoint->tensors());
  if (!layout) return fail(layout.error(), folder.string());
  auto labels = plan_labels(config->labels, options.label_map);
  if (!labels) return tl::unexpected(labels.error());
  config->encoder.pooler = layout->activation;
  if (tokenizer->tokenizer.size() > config->encoder.vocabulary) {
    return fail(ErrorCode::corrupt,
                folder.string() + ": the tokenizer has ids up to " + std::to_string(tokenizer->tokenizer.size() - 1) +
                    ", but config.json says vocab_size " + std::to_string(config->encoder.vocabulary));
  }
  const auto max_tokens = choose_max_tokens(options, config->encoder.max_tokens(), tokenizer->settings.max_tokens);
  if (!max_tokens) return tl::unexpected(max_tokens.error());
  tokenizer->settings.max_tokens = *max_tokens;
  return Plan{*std::move(config), *std::move(tokenizer), *std::move(checkpoint), *std::move(layout),
              *std::move(labels)};
}

ImportSummary summarize(const ImportOptions& options, const Plan& plan, const Weights& weights) {
  ImportSummary summary;
  summary.architecture = plan.config.model_type;
  if (!plan.config.architecture.empty()) summary.architecture += " (" + plan.config.architecture + ")";
  summary.encoder = plan.config.encoder;
  summary.precision = precision_name(weights.dtype);
  for (const auto& tensor : weights.tensors) summary.parameters += tensor.bytes.size() / size_of(weights.dtype);
  summary.max_tokens = plan.tokenizer.settings.max_tokens;
  summary.languages = options.languages;
  if (summary.languages.empty()) summary.languages = {plan.tokenizer.chinese ? "zh" : "en"};
  summary.labels = describe_labels(plan.labels);
  for (const auto* notes : {&plan.config.notes, &plan.tokenizer.notes, &weights.notes}) {
    summary.notes.insert(summary.notes.end(), notes->begin(), notes->end());
  }
  if (options.languages.empty()) {
    summary.notes.push_back("language " + summary.languages[0] + " is guessed from the vocabulary");
  }
  return summary;
}

bundle::Manifest make_manifest(const ImportOptions& options, const Plan& plan, const ImportSummary& summary) {
  bundle::Manifest manifest;
  manifest.name = options.name.empty() ? folder_name(options.folder) : options.name;
  manifest.version = "1";
  manifest.description =
      "Imported from the checkpoint " + folder_name(options.folder) + ", " + summary.architecture + ".";
  manifest.languages = summary.languages;
  if (const auto readme = read_text(options.folder / "README.md")) manifest.license = license_of_readme(*readme);
  manifest.tasks = {{"overall", bundle::TaskKind::overall, plan.labels.labels}};
  manifest.features.normalizer_version = text::kNormalizerVersion;
  manifest.experts = {{"encoder",
                       experts::kEncoderKind,
                       kEncoderFile,
                       {"overall"},
                       expert_settings(plan.config, plan.labels, summary, plan.tokenizer.settings)}};
  manifest.provenance = provenance_of(options, plan.checkpoint, summary);
  return manifest;
}

}  // namespace

Result<ImportedBundle> import_encoder(const ImportOptions& options) {
  const auto plan = make_plan(options);
  if (!plan) return tl::unexpected(plan.error());
  const auto recipes = tensor_recipes(plan->config.encoder, plan->config.family, plan->layout);
  std::size_t done = 0;
  auto weights = take_weights(plan->checkpoint.tensors(), recipes, plan->layout, plan->labels.rows, [&] {
    ++done;
    if (options.progress) options.progress(done, recipes.size());
  });
  if (!weights) return fail(weights.error(), options.folder.string());
  const ImportSummary summary = summarize(options, *plan, *weights);
  const bundle::Manifest manifest = make_manifest(options, *plan, summary);
  bundle::BundleWriter writer(manifest);
  if (auto status = writer.add_tensors(kEncoderFile, std::move(weights->tensors)); !status) {
    return tl::unexpected(status.error());
  }
  for (const auto& [name, content] : plan->tokenizer.files) {
    if (auto status = writer.add_file(name, content); !status) return tl::unexpected(status.error());
  }
  const auto card = writer.add_file(std::string(bundle::kModelCardName), import_card(manifest, summary));
  if (!card) return tl::unexpected(card.error());
  return ImportedBundle{std::move(writer), summary};
}

Status check_encoder_bundle(const bundle::Bundle& bundle) {
  const bundle::Expert* expert = bundle.manifest().find_expert("encoder");
  if (expert == nullptr) return fail(ErrorCode::not_found, bundle.origin() + ": there is no expert encoder");
  const auto config = experts::read_encoder_config(expert->settings);
  if (!config) return fail(config.error(), bundle.origin());
  const auto json = expert->settings.object("tokenizer");
  if (!json) return fail(json.error(), bundle.origin());
  const auto settings = experts::read_tokenizer_settings(*json);
  if (!settings) return fail(settings.error(), bundle.origin());
  if (const auto tokenizer = experts::open_tokenizer(bundle, *settings); !tokenizer) {
    return tl::unexpected(tokenizer.error());
  }
  const auto tensors = bundle.tensors(expert->file);
  if (!tensors) return tl::unexpected(tensors.error());
  for (const experts::EncoderTensor& expected : experts::encoder_tensors(*config)) {
    const auto found = tensors->get(expected.name);
    if (!found) return tl::unexpected(found.error());
    if (found->shape != expected.shape) {
      return fail(ErrorCode::corrupt, bundle.origin() + ": tensor " + expected.name + " has the shape " +
                                          bundle::shape_text(found->shape) + ", expected " +
                                          bundle::shape_text(expected.shape));
    }
  }
  return {};
}

}  // namespace tenor::import
