// A model on disk, or embedded in the program: opened, verified, read in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/manifest.h"
#include "bundle/safetensors.h"

namespace tenor::bundle {

// A file that is part of the program. Both fields must stay valid as long as the program runs; the bytes of
// *.safetensors files should start on a 64-byte boundary (alignas), or their numbers may be refused as unaligned.
struct EmbeddedFile {
  std::string_view name;
  std::span<const std::byte> bytes;
};

// A verified bundle: the manifest is intact and valid, every listed file is there with its size and checksum, every
// *.safetensors file is well-formed. It does not know what the numbers mean: the experts do.
// A handle: copies are cheap and share one mapping, which lives until the last copy is gone; keep a copy beside the
// views taken from it. Immutable; threads may share it.
class Bundle {
 public:
  // Errors: not_found (no such folder, a listed file is missing), unsupported (another kind of folder, a newer format),
  // corrupt (wrong size, checksum or contents), limit, io. Files that are not listed are never read; see unlisted().
  static Result<Bundle> open(const std::filesystem::path& folder);
  // `origin` names the bundle in errors and logs: "embedded zh". The same checks as for a folder.
  static Result<Bundle> open(std::span<const EmbeddedFile> files, std::string origin);

  const Manifest& manifest() const;
  const std::string& origin() const;  // the folder's path, or the origin given
  const std::string& digest() const;  // SHA-256 of manifest.json, which holds those of all files: the model's identity
  std::uint64_t size_bytes() const;   // of all files that belong to the bundle

  // Names must be listed in the manifest. Error: not_found.
  Result<std::span<const std::byte>> file(std::string_view name) const;
  Result<std::string_view> text_file(std::string_view name) const;
  Result<SafeTensors> tensors(std::string_view name) const;  // name ends in .safetensors

  // Names in the folder that the manifest does not list, sorted: ignored, but worth a word to the user.
  const std::vector<std::string>& unlisted() const;

 private:
  struct Contents;
  explicit Bundle(std::shared_ptr<const Contents> contents) : contents_(std::move(contents)) {}

  std::shared_ptr<const Contents> contents_;  // never null
};

}  // namespace tenor::bundle
