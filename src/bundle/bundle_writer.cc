#include "bundle/bundle_writer.h"

#include <system_error>

#include "base/file_system.h"
#include "base/sha256.h"
#include "bundle/json_text.h"

namespace tenor::bundle {

namespace fs = std::filesystem;

Status check_replaceable(const fs::path& target) {
  std::error_code error;
  const fs::file_status status = fs::status(target, error);
  if (status.type() == fs::file_type::not_found) {
    const fs::path parent = (target / "..").lexically_normal();
    if (fs::is_directory(parent, error)) return {};
    return fail(ErrorCode::io,
                "there is no folder " + parent.string() + " to write " + target.string() + " into: make it first");
  }
  if (status.type() == fs::file_type::directory && fs::is_empty(target, error)) return {};
  const std::string refusal = target.string() + " is in the way and is not replaced: remove it or choose another name";
  const auto old = Bundle::open(target);
  if (!old)
    return fail(ErrorCode::invalid_argument, refusal + " (it is not an intact bundle: " + old.error().message + ")");
  if (!old->unlisted().empty()) {
    return fail(ErrorCode::invalid_argument,
                refusal + " (it holds " + show(old->unlisted().front()) + ", which is not part of the bundle)");
  }
  return {};
}

Status BundleWriter::add_file(std::string name, std::string content) {
  if (!is_plain_file_name(name)) {
    return fail(ErrorCode::invalid_argument,
                "a bundle cannot hold a file named " + show(name) +
                    ": use A-Z a-z 0-9 . _ - and no leading dot (manifest.json is the writer's own)");
  }
  const auto [place, added] = files_.emplace(std::move(name), std::move(content));
  if (!added) return fail(ErrorCode::invalid_argument, "the bundle has a file " + show(place->first) + " already");
  return {};
}

Status BundleWriter::add_tensors(std::string name, std::vector<TensorSource> tensors,
                                 const std::map<std::string, std::string>& metadata) {
  if (!name.ends_with(".safetensors")) {
    return fail(ErrorCode::invalid_argument,
                "the name of a file of tensors must end in .safetensors, found " + show(name));
  }
  auto content = write_safetensors(std::move(tensors), metadata);
  if (!content) return fail(content.error(), name);
  return add_file(std::move(name), *std::move(content));
}

Status BundleWriter::replace_file(const std::string& name, std::string content) {
  const auto found = files_.find(name);
  if (found == files_.end()) return fail(ErrorCode::not_found, "the bundle has no file " + show(name) + " to replace");
  found->second = std::move(content);
  return {};
}

const std::string* BundleWriter::find_file(const std::string& name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

Result<std::map<std::string, std::string>> BundleWriter::build() const {
  if (files_.count(std::string(kModelCardName)) == 0) {
    return fail(ErrorCode::invalid_argument, "a bundle needs a " + std::string(kModelCardName) + ": add one");
  }
  Manifest manifest = manifest_;
  manifest.files.clear();
  for (const auto& [name, content] : files_) {
    manifest.files[name] = {content.size(), sha256_hex(std::as_bytes(std::span(content)))};
  }
  auto json = to_json(manifest);
  if (!json) return tl::unexpected(json.error());
  auto out = files_;
  out.emplace(kManifestDigestName, digest_line(sha256_hex(std::as_bytes(std::span(*json)))));
  out.emplace(kManifestName, *std::move(json));
  return out;
}

Status BundleWriter::publish(const fs::path& target, const Check& check) const {
  if (auto status = check_replaceable(target); !status) return status;
  const auto built = build();
  if (!built) return tl::unexpected(built.error());
  auto folder = PendingFolder::create(target);
  if (!folder) return tl::unexpected(folder.error());
  for (const auto& [name, content] : *built) {
    if (auto status = write_file_atomic(folder->path() / name, content); !status) return status;
  }
  {
    const auto written = Bundle::open(folder->path());
    if (!written) return fail(written.error(), "the bundle just written does not open");
    if (check) {
      if (auto status = check(*written); !status) return fail(status.error(), "the bundle was not published");
    }
  }
  return folder->publish();
}

}  // namespace tenor::bundle
