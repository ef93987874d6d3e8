// Makes bundles.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/manifest.h"
#include "bundle/safetensors.h"

namespace tenor::bundle {

// Whether publish() may write to `target`: there must be nothing there, an empty folder, or an intact bundle without
// files that are not its own, which is replaced; and the folder around it must exist. For those who want to know before
// they train for hours. Errors: invalid_argument, io.
Status check_replaceable(const std::filesystem::path& target);

// Collects the files of a bundle in memory, then publishes them as a folder. Nothing depends on the clock, the machine
// or the order of calls: equal input gives equal bytes. Not for threads to share.
class BundleWriter {
 public:
  using Check = std::function<Status(const Bundle&)>;

  // manifest.files is ignored and computed.
  explicit BundleWriter(Manifest manifest) : manifest_(std::move(manifest)) {}

  // Errors: invalid_argument (a name that is not plain, reserved, or there already), and those of write_safetensors.
  Status add_file(std::string name, std::string content);
  Status add_tensors(std::string name, std::vector<TensorSource> tensors,
                     const std::map<std::string, std::string>& metadata = {});

  // For what is known only once the bundle was tried: scores on its card, provenance.
  Manifest& manifest() { return manifest_; }
  // Error: not_found.
  Status replace_file(const std::string& name, std::string content);
  // Null where there is none.
  const std::string* find_file(const std::string& name) const;

  // Every file by name, manifest.json and manifest.sha256 among them. Error: invalid_argument (an invalid manifest, no
  // MODEL_CARD.md).
  Result<std::map<std::string, std::string>> build() const;

  // Writes to a temporary folder beside `target`, opens that as a reader would, runs `check` on it (for the caller to
  // prove that the real engine answers from it), and only then renames. An older bundle at `target` is replaced; any
  // other folder or file there is refused (invalid_argument), and so is a bundle with files that are not its own.
  Status publish(const std::filesystem::path& target, const Check& check = nullptr) const;

 private:
  Manifest manifest_;
  std::map<std::string, std::string> files_;
};

}  // namespace tenor::bundle
