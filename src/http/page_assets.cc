#include "http/page_assets.h"

#include <algorithm>

namespace tenor::http {

const PageAsset* find_asset(std::string_view path) {
  if (path == "/") path = "/index.html";
  const auto assets = embedded_assets();
  const auto found =
      std::find_if(assets.begin(), assets.end(), [&](const PageAsset& asset) { return asset.path == path; });
  return found == assets.end() ? nullptr : &*found;
}

}  // namespace tenor::http
