#include "bundle/bundle.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <system_error>

#include "base/mapped_file.h"
#include "base/sha256.h"
#include "bundle/json_text.h"

namespace tenor::bundle {

namespace fs = std::filesystem;

namespace {

using Bytes = std::span<const std::byte>;

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool holds_tensors(std::string_view name) {
  return name.ends_with(".safetensors");
}

// Why a folder without a manifest is no bundle, with a guess at what it is.
std::string describe_foreign(const fs::path& folder) {
  std::error_code ignored;
  std::string text = "no manifest.json: not a tenor bundle";
  if (fs::exists(folder / "config.json", ignored)) text += ", it looks like a Hugging Face model";
  if (fs::is_empty(folder, ignored)) text += ", the folder is empty";
  return text + "; expected a folder made by tenor-train";
}

// Links are refused: what they point to can change under a program that has the file mapped, or lie anywhere.
Result<MappedFile> map_regular_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (status.type() == fs::file_type::not_found) return fail(ErrorCode::not_found, "the file is missing");
  if (error) return fail(ErrorCode::io, error.message());
  if (status.type() == fs::file_type::symlink) {
    return fail(ErrorCode::corrupt, "expected a regular file, found a symbolic link: copy the file itself here");
  }
  if (status.type() != fs::file_type::regular) return fail(ErrorCode::corrupt, "expected a regular file");
  return MappedFile::open(path);
}

Status check_folder(const fs::path& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return fail(ErrorCode::not_found, "no such folder");
  if (error) return fail(ErrorCode::io, error.message());
  if (status.type() != fs::file_type::directory) {
    return fail(ErrorCode::unsupported, "expected a bundle's folder, found a file");
  }
  const fs::file_status manifest = fs::symlink_status(folder / kManifestName, error);
  if (manifest.type() == fs::file_type::not_found) return fail(ErrorCode::unsupported, describe_foreign(folder));
  return {};
}

bool belongs(const std::string& name, const Manifest& manifest) {
  return name == kManifestName || name == kManifestDigestName || manifest.files.count(name) != 0;
}

std::vector<std::string> unlisted_in(const fs::path& folder, const Manifest& manifest) {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!belongs(name, manifest)) out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Status verify_file(Bytes bytes, const FileEntry& entry) {
  if (bytes.size() != entry.size) {
    return fail(ErrorCode::corrupt, "expected " + std::to_string(entry.size) + " bytes, found " +
                                        std::to_string(bytes.size()) + ": copy the bundle again");
  }
  if (sha256_hex(bytes) != entry.sha256) {
    return fail(ErrorCode::corrupt, "the checksum differs from the manifest's: the file was changed or damaged, copy " +
                                        std::string("the bundle again"));
  }
  return {};
}

}  // namespace

struct Bundle::Contents {
  // Finds the bytes of a listed file.
  using Lookup = std::function<Result<Bytes>(const std::string& name)>;

  std::string origin;
  std::string digest;
  std::uint64_t size = 0;
  Manifest manifest;
  std::vector<MappedFile> mappings;
  std::map<std::string, Bytes, std::less<>> files;
  std::map<std::string, SafeTensors, std::less<>> tensors;
  std::vector<std::string> unlisted;

  Status read_all(const Lookup& lookup) {
    if (auto status = read_manifest(lookup); !status) {
      return fail(status.error(), origin + ": " + std::string(kManifestName));
    }
    return read_files(lookup);
  }

  // A damaged manifest is reported as such before anybody wonders at what it says.
  Status read_manifest(const Lookup& lookup) {
    const auto bytes = lookup(std::string(kManifestName));
    if (!bytes) return tl::unexpected(bytes.error());
    digest = sha256_hex(*bytes);
    const auto expected = lookup(std::string(kManifestDigestName));
    if (expected && as_text(*expected) != digest_line(digest)) {
      return fail(ErrorCode::corrupt,
                  "it differs from the checksum in manifest.sha256: copy the bundle again, or after " +
                      std::string("an edit run sha256sum manifest.json > manifest.sha256"));
    }
    auto parsed = parse_manifest(as_text(*bytes));
    if (!parsed) return tl::unexpected(parsed.error());
    if (!expected) return fail(expected.error(), "its checksum " + std::string(kManifestDigestName));
    manifest = *std::move(parsed);
    size = bytes->size() + expected->size();
    return {};
  }

  // Fetches and verifies every listed file.
  Status read_files(const Lookup& lookup) {
    for (const auto& [name, entry] : manifest.files) {
      if (auto status = read_file(name, entry, lookup); !status) return fail(status.error(), origin + ": " + name);
    }
    return {};
  }

  Status read_file(const std::string& name, const FileEntry& entry, const Lookup& lookup) {
    const auto bytes = lookup(name);
    if (!bytes) return tl::unexpected(bytes.error());
    if (auto status = verify_file(*bytes, entry); !status) return status;
    if (holds_tensors(name)) {
      auto parsed = SafeTensors::parse(*bytes, origin + "/" + name);
      if (!parsed) return tl::unexpected(parsed.error());
      tensors.emplace(name, *std::move(parsed));
    }
    files.emplace(name, *bytes);
    size += bytes->size();
    return {};
  }
};

Result<Bundle> Bundle::open(const fs::path& folder) {
  auto contents = std::make_shared<Contents>();
  contents->origin = folder.string();
  if (auto status = check_folder(folder); !status) return fail(status.error(), contents->origin);
  const Contents::Lookup lookup = [&](const std::string& name) -> Result<Bytes> {
    auto mapped = map_regular_file(folder / name);
    if (!mapped) return tl::unexpected(mapped.error());
    contents->mappings.push_back(*std::move(mapped));
    return contents->mappings.back().bytes();
  };
  if (auto status = contents->read_all(lookup); !status) return tl::unexpected(status.error());
  contents->unlisted = unlisted_in(folder, contents->manifest);
  return Bundle(std::move(contents));
}

Result<Bundle> Bundle::open(std::span<const EmbeddedFile> files, std::string origin) {
  auto contents = std::make_shared<Contents>();
  contents->origin = std::move(origin);
  std::map<std::string, Bytes, std::less<>> given;
  for (const EmbeddedFile& file : files) {
    if (!given.emplace(file.name, file.bytes).second) {
      return fail(ErrorCode::invalid_argument, contents->origin + ": " + show(file.name) + " is there twice");
    }
  }
  const Contents::Lookup lookup = [&](const std::string& name) -> Result<Bytes> {
    const auto found = given.find(name);
    if (found == given.end()) return fail(ErrorCode::not_found, "the file is missing");
    return found->second;
  };
  if (auto status = contents->read_all(lookup); !status) return tl::unexpected(status.error());
  for (const auto& [name, bytes] : given) {
    if (!belongs(name, contents->manifest)) contents->unlisted.push_back(name);
  }
  return Bundle(std::move(contents));
}

const Manifest& Bundle::manifest() const {
  return contents_->manifest;
}
const std::string& Bundle::origin() const {
  return contents_->origin;
}
const std::string& Bundle::digest() const {
  return contents_->digest;
}
std::uint64_t Bundle::size_bytes() const {
  return contents_->size;
}
const std::vector<std::string>& Bundle::unlisted() const {
  return contents_->unlisted;
}

Result<Bytes> Bundle::file(std::string_view name) const {
  const auto found = contents_->files.find(name);
  if (found == contents_->files.end()) {
    return fail(ErrorCode::not_found, origin() + ": the manifest lists no file " + show(name));
  }
  return found->second;
}

Result<std::string_view> Bundle::text_file(std::string_view name) const {
  return file(name).map(as_text);
}

Result<SafeTensors> Bundle::tensors(std::string_view name) const {
  const auto found = contents_->tensors.find(name);
  if (found == contents_->tensors.end()) {
    return fail(ErrorCode::not_found, origin() + ": the manifest lists no file of tensors " + show(name));
  }
  return found->second;
}

}  // namespace tenor::bundle
