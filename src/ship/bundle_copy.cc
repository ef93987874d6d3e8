#include "ship/bundle_copy.h"

#include <utility>

namespace tenor::ship {

Result<bundle::BundleWriter> copy_bundle(const bundle::Bundle& bundle) {
  bundle::BundleWriter writer(bundle.manifest());
  for (const auto& [name, entry] : bundle.manifest().files) {
    const auto content = bundle.file(name);
    if (!content) return tl::unexpected(content.error());
    std::string bytes(reinterpret_cast<const char*>(content->data()), content->size());
    if (auto status = writer.add_file(name, std::move(bytes)); !status) return tl::unexpected(status.error());
  }
  return writer;
}

Status set_version(const std::string& version, bundle::BundleWriter& writer) {
  bundle::Manifest& manifest = writer.manifest();
  const std::string card_name(bundle::kModelCardName), heading = "# " + manifest.name + " ";
  const std::string before = heading + manifest.version + "\n";
  manifest.version = version;
  const std::string* card = writer.find_file(card_name);
  if (card == nullptr || !card->starts_with(before)) return {};
  return writer.replace_file(card_name, heading + version + "\n" + card->substr(before.size()));
}

}  // namespace tenor::ship
