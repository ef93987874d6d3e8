#include "learn/float_bundle.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "experts/encoder_expert.h"
#include "experts/tokenizer_settings.h"
#include "learn/body_files.h"
#include "text/normalizer.h"

namespace tenor::learn {

namespace {

bundle::JsonObject expert_settings(const TrainedModel& model) {
  bundle::JsonObject settings, long_text;
  experts::write_encoder_config(model.config, settings);
  experts::TokenizerSettings tokenizer;
  tokenizer.kind = experts::TokenizerKind::max_match;
  tokenizer.vocabulary_file = kVocabularyFile;
  tokenizer.max_tokens = model.reading.max_tokens;
  long_text.set("method", "head_tail").set("head_share", model.reading.long_text.head_share);
  settings.set("precision", "f32").set("task_kind", "single_label").set("long_text", long_text);
  return settings.set("tokenizer", experts::write_tokenizer_settings(tokenizer));
}

bundle::Manifest make_manifest(const TrainedModel& model, const std::string& expert, const std::string& command) {
  bundle::Manifest manifest;
  manifest.name = model.name;
  manifest.version = model.version;
  manifest.description = model.description;
  manifest.license = model.license;
  manifest.languages = model.languages;
  manifest.features.normalizer_version = text::kNormalizerVersion;
  bundle::Expert encoder{expert, experts::kEncoderKind, kEncoderFile, {}, expert_settings(model)};
  for (const TaskInfo& task : model.tasks) {
    manifest.tasks.push_back(
        {task.name, task.aspect ? bundle::TaskKind::aspect : bundle::TaskKind::overall, task.labels});
    encoder.tasks.push_back(task.name);
  }
  manifest.experts = {std::move(encoder)};
  manifest.provenance.set("program", "tenor-train").set("command", command).set("training_rows", model.fingerprint);
  return manifest;
}

// Places of the largest probability of each task, and the probabilities themselves in place of logits.
void to_probabilities(std::span<const TaskInfo> tasks, std::span<float> logits) {
  for (const TaskInfo& task : tasks) {
    const auto own = logits.subspan(task.first_output, task.labels.size());
    const float peak = *std::max_element(own.begin(), own.end());
    float sum = 0;
    for (float& x : own) sum += x = std::exp(x - peak);
    for (float& x : own) x /= sum;
  }
}

}  // namespace

Result<bundle::BundleWriter> float_bundle(const TrainedModel& model, const std::string& expert,
                                          const std::string& command) {
  bundle::BundleWriter writer(make_manifest(model, expert, command));
  std::vector<torch::Tensor> kept;
  std::vector<bundle::TensorSource> sources;
  for (const experts::EncoderTensor& tensor : experts::encoder_tensors(model.config)) {
    kept.push_back(model.parameters.at(tensor.name).detach().to(torch::kCPU).contiguous());
    const std::span<const float> numbers(kept.back().data_ptr<float>(), static_cast<std::size_t>(kept.back().numel()));
    sources.push_back(bundle::tensor_source(tensor.name, tensor.shape, numbers));
  }
  if (auto status = writer.add_tensors(kEncoderFile, std::move(sources)); !status) {
    return tl::unexpected(status.error());
  }
  if (auto status = writer.add_file(kVocabularyFile, model.vocab_txt); !status) return tl::unexpected(status.error());
  return writer;
}

std::string to_string(const Parity& parity) {
  char text[160];
  std::snprintf(text, sizeof text, "engine and libtorch on %zu texts: %zu labels differ, probabilities by at most %.1e",
                parity.texts, parity.flips, parity.largest_difference);
  return text;
}

Result<Parity> compare_with_engine(const TrainedModel& model, const bundle::Bundle& bundle, const std::string& expert,
                                   std::span<const std::string> texts) {
  const bundle::Expert* found = bundle.manifest().find_expert(expert);
  if (found == nullptr) return fail(ErrorCode::not_found, "there is no expert " + expert);
  const std::size_t outputs = model.config.outputs;
  auto encoder = experts::EncoderExpert::open(bundle, *found, outputs, {});
  if (!encoder) return tl::unexpected(encoder.error());
  const auto tokenizer = body_tokenizer(model.vocab_txt);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  text::Tokenizer::Scratch tokens_scratch;
  text::TokenSequence tokens;
  std::vector<Example> examples;
  for (const std::string& text : texts) {
    Example example;
    example.text = text;
    example.ids = read_ids(text, *tokenizer, model.reading, tokens_scratch, tokens);
    examples.push_back(std::move(example));
  }
  const std::vector<float> expected = predict(model.config, model.parameters, model.tasks, examples, torch::kFloat);
  Parity parity;
  experts::EncoderExpertScratch scratch;
  std::vector<float> answer(outputs);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    encoder->score(texts[i], scratch, answer);
    to_probabilities(model.tasks, answer);
    ++parity.texts;
    for (const TaskInfo& task : model.tasks) {
      const auto mine = std::span<const float>(answer).subspan(task.first_output, task.labels.size());
      const auto theirs = std::span<const float>(expected).subspan(i * outputs + task.first_output, task.labels.size());
      const auto place = [](std::span<const float> p) { return std::max_element(p.begin(), p.end()) - p.begin(); };
      if (place(mine) != place(theirs)) ++parity.flips;
      for (std::size_t l = 0; l < mine.size(); ++l) {
        parity.largest_difference =
            std::max(parity.largest_difference, static_cast<double>(std::fabs(mine[l] - theirs[l])));
      }
    }
  }
  return parity;
}

}  // namespace tenor::learn
