#include "bundle/draft.h"

#include <vector>

namespace tenor::bundle {

Result<DraftBundle> DraftBundle::open(const BundleWriter& writer, const std::string& name) {
  BundleWriter complete = writer;
  const std::string card(kModelCardName);
  if (complete.find_file(card) == nullptr) {
    if (auto status = complete.add_file(card, "draft"); !status) return tl::unexpected(status.error());
  }
  auto files = complete.build();
  if (!files) return tl::unexpected(files.error());
  DraftBundle out;
  out.files_ = std::make_unique<std::map<std::string, std::string>>(std::move(*files));
  std::vector<EmbeddedFile> views;
  for (const auto& [file, content] : *out.files_) views.push_back({file, std::as_bytes(std::span(content))});
  auto bundle = Bundle::open(views, name);
  if (!bundle) return tl::unexpected(bundle.error());
  out.bundle_ = std::move(*bundle);
  return out;
}

}  // namespace tenor::bundle
