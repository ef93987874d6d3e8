#include "engine/embedded_models.h"

#include <string>
#include <utility>

namespace tenor::engine {

Result<std::vector<bundle::Bundle>> open_embedded_bundles() {
  std::vector<bundle::Bundle> bundles;
  for (const EmbeddedModel& model : embedded_models()) {
    auto bundle = bundle::Bundle::open(model.files, "embedded " + std::string(model.name));
    if (!bundle) return tl::unexpected(bundle.error());
    bundles.push_back(std::move(*bundle));
  }
  if (bundles.empty()) {
    return fail(ErrorCode::not_found, "this program was built without default models; name a bundle with --model");
  }
  return bundles;
}

}  // namespace tenor::engine
