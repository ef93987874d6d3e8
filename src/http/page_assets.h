// The page's files, inside the program.
#pragma once

#include <span>
#include <string_view>

namespace tenor::http {

// Everything lives as long as the program.
struct PageAsset {
  std::string_view path;  // "/assets/index-1b2c3d.js"
  std::string_view bytes;
  std::string_view content_type;
  std::string_view etag;   // quoted, strong
  bool immutable = false;  // the name changes with the content
};

// "/" stands for "/index.html"; null where there is no such file. Thread-safe.
const PageAsset* find_asset(std::string_view path);

// Written at build time by embed_assets.cmake.
std::span<const PageAsset> embedded_assets();

}  // namespace tenor::http
