#include "apps/tenor/engine_choice.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/embedded_models.h"
#include "text/language.h"

namespace tenor::cli {

namespace {

// A language is a model's name also in a program that was built without it.
bool names_embedded(std::string_view name) {
  const auto models = engine::embedded_models();
  return text::parse_language(name) ||
         std::any_of(models.begin(), models.end(), [&](const auto& model) { return model.name == name; });
}

Result<std::vector<bundle::Bundle>> open_named(const std::string& name) {
  if (name == "default") return engine::open_embedded_bundles();
  auto bundle = names_embedded(name) ? engine::open_embedded_bundle(name) : bundle::Bundle::open(name);
  if (!bundle) return tl::unexpected(std::move(bundle.error()));
  return std::vector<bundle::Bundle>{std::move(*bundle)};
}

}  // namespace

void add_model_flag(CLI::App& command, std::vector<std::string>& models) {
  command.add_option("-m,--model", models, "Bundle folder (repeatable), or default, zh, en, zh-open: those built in")
      ->type_name("DIR")
      ->allow_extra_args(false);
}

Result<std::vector<bundle::Bundle>> open_bundles(std::span<const std::string> names) {
  if (names.empty()) return engine::open_embedded_bundles();
  std::vector<bundle::Bundle> bundles;
  for (const std::string& name : names) {
    auto opened = open_named(name);
    if (!opened) return opened;
    std::move(opened->begin(), opened->end(), std::back_inserter(bundles));
  }
  return bundles;
}

Result<engine::Engine> open_engine(std::span<const std::string> names, const EncoderFlags& flags) {
  const auto options = engine_options(flags);
  if (!options) return tl::unexpected(options.error());
  auto bundles = open_bundles(names);
  if (!bundles) return tl::unexpected(std::move(bundles.error()));
  return engine::Engine::open(*bundles, *options);
}

const engine::ModelInfo* model_for(const engine::Engine& engine, text::Language language) {
  for (const engine::ModelInfo* model : engine.models()) {
    if (std::find(model->languages.begin(), model->languages.end(), language) != model->languages.end()) return model;
  }
  return nullptr;
}

}  // namespace tenor::cli
