#include "engine/embedded_models.h"

#include <algorithm>
#include <string>
#include <utility>

#include "text/language.h"

namespace tenor::engine {

namespace {

Result<bundle::Bundle> open(const EmbeddedModel& model) {
  return bundle::Bundle::open(model.files, "embedded " + std::string(model.name));
}

}  // namespace

Result<bundle::Bundle> open_embedded_bundle(std::string_view name) {
  const auto models = embedded_models();
  const auto found = std::find_if(models.begin(), models.end(), [&](const auto& model) { return model.name == name; });
  if (found != models.end()) return open(*found);
  return fail(ErrorCode::not_found, "this program was built without the model '" + std::string(name) +
                                        "'; `tenor models` lists those it has (./" + std::string(name) +
                                        " names a folder)");
}

Result<std::vector<bundle::Bundle>> open_embedded_bundles() {
  std::vector<bundle::Bundle> bundles;
  for (const EmbeddedModel& model : embedded_models()) {
    if (!text::parse_language(model.name)) continue;
    auto bundle = open(model);
    if (!bundle) return tl::unexpected(bundle.error());
    bundles.push_back(std::move(*bundle));
  }
  if (bundles.empty()) {
    return fail(ErrorCode::not_found, "this program was built without default models; name a bundle with --model");
  }
  return bundles;
}

}  // namespace tenor::engine
