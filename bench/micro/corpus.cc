#include "corpus.h"

#include <cstdlib>
#include <memory>
#include <optional>

#include "data/dataset.h"
#include "engine/embedded_models.h"

namespace tenor::bench {

namespace {

constexpr std::size_t kTexts = 2000;

std::string data_folder() {
  const char* folder = std::getenv("TENOR_DATA");
  return folder == nullptr ? "" : folder;
}

std::vector<std::string> read_texts(const std::string& path) {
  const std::vector<std::string> files = {path};
  data::DatasetOptions options;
  options.skip_bad_rows = true;
  const auto dataset = data::load_dataset(files, options);
  std::vector<std::string> out;
  if (!dataset) return out;
  for (std::size_t i = 0; i < dataset->rows.size() && i < kTexts; ++i) out.push_back(dataset->rows[i].text);
  return out;
}

std::vector<std::string> made_up(TextKind kind) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kTexts; ++i) {
    std::string text;
    const std::size_t sentences = kind == TextKind::zh_long ? 20 : 2;
    for (std::size_t s = 0; s < sentences; ++s) {
      const std::string number = std::to_string(i * 7919 + s);
      text += kind == TextKind::en_short ? "The food was great but waiter " + number + " was rude. "
                                         : "味道很好，服务也热情，第" + number + "次来。";
    }
    out.push_back(std::move(text));
  }
  return out;
}

std::vector<std::string> load(TextKind kind) {
  static constexpr const char* kFiles[] = {"/overall-zh/test2-shopping.jsonl", "/aspects-zh/test.jsonl",
                                           "/overall-en/test-tweets.jsonl"};
  if (from_data()) {
    auto read = read_texts(data_folder() + kFiles[static_cast<std::size_t>(kind)]);
    if (!read.empty()) return read;
  }
  return made_up(kind);
}

std::optional<OverallModel> open_model(const char* language) {
  const auto bundles = engine::open_embedded_bundles();
  if (!bundles) return {};
  for (const bundle::Bundle& bundle : *bundles) {
    const bundle::Manifest& manifest = bundle.manifest();
    if (manifest.languages.front() != language) continue;
    auto settings = experts::read_feature_settings(manifest.features.settings);
    if (!settings) return {};
    std::size_t outputs = 0;
    for (const std::string& name : settings->spaces.front().tasks) {
      for (const bundle::Task& task : manifest.tasks) outputs += task.name == name ? task.labels.size() : 0;
    }
    auto space = experts::LinearExperts::open(bundle, settings->spaces.front(), manifest.experts.size(), outputs);
    if (!space) return {};
    return OverallModel{std::move(*settings), std::move(*space)};
  }
  return {};
}

}  // namespace

const char* to_string(TextKind kind) {
  static constexpr const char* kNames[] = {"zh short", "zh long", "en short"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool from_data() {
  return !data_folder().empty();
}

const std::vector<std::string>& texts(TextKind kind) {
  static const std::vector<std::string> all[] = {load(TextKind::zh_short), load(TextKind::zh_long),
                                                 load(TextKind::en_short)};
  return all[static_cast<std::size_t>(kind)];
}

const OverallModel* overall_model(TextKind kind) {
  static const std::optional<OverallModel> zh = open_model("zh");
  static const std::optional<OverallModel> en = open_model("en");
  const auto& model = kind == TextKind::en_short ? en : zh;
  return model ? &*model : nullptr;
}

}  // namespace tenor::bench
