#include "apps/tenor/engine_choice.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/embedded_models.h"

namespace tenor::cli {

namespace {

bool names_embedded(std::string_view name) {
  return name == "default" || name == "zh" || name == "en";
}

Result<std::vector<bundle::Bundle>> open_embedded(std::string_view name) {
  auto bundles = engine::open_embedded_bundles();
  if (!bundles || name == "default") return bundles;
  std::erase_if(*bundles,
                [name](const bundle::Bundle& bundle) { return bundle.origin() != "embedded " + std::string(name); });
  if (bundles->empty()) {
    return fail(ErrorCode::not_found, "this program was built without the model '" + std::string(name) +
                                          "'; `tenor models` lists those it has (./" + std::string(name) +
                                          " names a folder)");
  }
  return bundles;
}

}  // namespace

Result<std::vector<bundle::Bundle>> open_bundles(std::span<const std::string> names) {
  if (names.empty()) return open_embedded("default");
  std::vector<bundle::Bundle> bundles;
  for (const std::string& name : names) {
    if (names_embedded(name)) {
      auto embedded = open_embedded(name);
      if (!embedded) return embedded;
      bundles.insert(bundles.end(), embedded->begin(), embedded->end());
    } else {
      auto opened = bundle::Bundle::open(name);
      if (!opened) return tl::unexpected(std::move(opened.error()));
      bundles.push_back(std::move(*opened));
    }
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
