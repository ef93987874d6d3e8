// Which models of a repository are served, and how they are replaced.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "serving/model_repository.h"
#include "serving/model_slot.h"

namespace tenor::serving {

struct KeeperOptions {
  std::filesystem::path root;
  // Opens, verifies and warms all these bundles as one analyzer: what it returns can be published.
  std::function<Result<ModelSlot::Held>(std::span<const std::filesystem::path>)> open;
  // Told, in a sentence, of everything that was done or refused. May be empty.
  std::function<void(const std::string&)> tell;
  // How long a replacement waits for the last call that uses the old models, before it leaves them for the next one.
  std::chrono::milliseconds drain{2000};
};

// A model of the repository, as people see it.
struct KeptModel {
  std::string name;
  std::vector<std::string> versions;  // in the repository, the oldest first
  std::string served;                 // version; empty: not served
  bool pinned = false;                // asked for by its version: newer ones are not taken
  std::string refused;                // why the last attempt failed; empty where it did not
};

// Every change opens the whole new set beside the old one, publishes it at once, and only then lets go of the old one.
// What cannot be opened changes nothing. Thread-safe: one change at a time, the others wait; the calls take as long as
// opening models does.
class ModelKeeper {
 public:
  // Serves the newest version of every model that opens; an error where none does.
  static Result<std::unique_ptr<ModelKeeper>> open(KeeperOptions options);

  // A version: that one, until told otherwise. None: the newest, now and after each rescan(). Errors: not_found, and
  // those of KeeperOptions::open.
  Status load(const std::string& name, const std::optional<std::string>& version);
  // Error invalid_argument: it is the last one. It stays away until it is loaded again.
  Status unload(const std::string& name);
  // Takes newer versions of models that are not pinned, and new models. The error names all that were refused; what
  // could be taken was.
  Status rescan();

  std::vector<KeptModel> list() const;
  const ModelSlot& slot() const { return *slot_; }
  // Replaced sets of models that calls still use.
  std::size_t draining() const;

 private:
  // What is known of a model by its name.
  struct Kept {
    std::optional<ModelVersion> served;
    bool pinned = false;
    bool unloaded = false;  // by hand
    std::string refused;
  };
  using Folders = std::map<std::string, std::filesystem::path>;  // of what is, or would be, served, by name

  explicit ModelKeeper(KeeperOptions options) : options_(std::move(options)) {}
  Result<ModelSlot::Held> open_folders(const Folders& folders) const;
  Folders served_folders() const;
  Status open_first(const RepositoryListing& listing);
  // With changes_ held.
  Status take(const std::string& name, const ModelVersion& version, bool pinned);
  void publish(ModelSlot::Held next);
  Status refuse(const std::string& name, const std::string& version, Error error);
  void tell(const std::string& sentence) const;

  const KeeperOptions options_;
  std::unique_ptr<ModelSlot> slot_;
  std::mutex changes_;        // one at a time
  mutable std::mutex mutex_;  // of what follows; never held while models are opened
  std::map<std::string, Kept> kept_;
  std::vector<ModelSlot::Held> retired_;
};

}  // namespace tenor::serving
