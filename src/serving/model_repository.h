// A folder of models: ROOT/NAME/VERSION/manifest.json.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenor::serving {

struct ModelVersion {
  std::string version;  // the folder's name
  std::filesystem::path folder;
};

struct RepositoryModel {
  std::string name;
  std::vector<ModelVersion> versions;  // the oldest first; at least one
};

struct RepositoryListing {
  std::vector<RepositoryModel> models;   // by name
  std::vector<std::string> passed_over;  // entries that are no models, each with its reason
};

// Whether it may name a model or a version: 1 to 64 of A-Z a-z 0-9 . _ + -, the first one no dot. No such name leads
// out of a folder.
bool is_model_name(std::string_view name);

// Whether version `a` is older than `b`. Runs of digits compare as numbers and everything else as bytes: 2.9.0 before
// 2.10.0, 2.0.0-rc1 before 2.0.0.
bool older_version(std::string_view a, std::string_view b);

// What is there now. Entries whose names begin with a dot are somebody's work in progress and not even passed over;
// links that lead out of the root are passed over. Error `not_found`: no such folder.
Result<RepositoryListing> list_repository(const std::filesystem::path& root);

// The newest version where none is named. Error `not_found` names what there is.
Result<ModelVersion> find_version(const RepositoryListing& listing, std::string_view name,
                                  const std::optional<std::string>& version);

// The same by one word: "zh", the newest version, or "zh@2.1.0".
Result<ModelVersion> find_stored(const RepositoryListing& listing, std::string_view name);

}  // namespace tenor::serving
