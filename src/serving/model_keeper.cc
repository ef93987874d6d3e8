#include "serving/model_keeper.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace tenor::serving {

namespace fs = std::filesystem;

namespace {

std::string title(const std::string& name, const std::string& version) {
  return name + " " + version;
}

}  // namespace

Result<std::unique_ptr<ModelKeeper>> ModelKeeper::open(KeeperOptions options) {
  const auto listing = list_repository(options.root);
  if (!listing) return tl::unexpected(listing.error());
  std::unique_ptr<ModelKeeper> keeper(new ModelKeeper(std::move(options)));
  for (const auto& entry : listing->passed_over) keeper->tell("passed over " + entry);
  if (auto status = keeper->open_first(*listing); !status) return tl::unexpected(status.error());
  return keeper;
}

// One by one, so that a bad one is known by its name and the others are served.
Status ModelKeeper::open_first(const RepositoryListing& listing) {
  std::string reasons;
  for (const auto& model : listing.models) {
    if (const auto status = take(model.name, model.versions.back(), false); !status) {
      reasons += "; " + status.error().message;
    }
  }
  if (slot_) return {};
  return fail(
      ErrorCode::not_found,
      options_.root.string() + ": expected at least one model that opens (NAME/VERSION/manifest.json)" + reasons);
}

Result<ModelSlot::Held> ModelKeeper::open_folders(const Folders& folders) const {
  std::vector<fs::path> paths;
  for (const auto& [name, folder] : folders) paths.push_back(folder);
  return options_.open(paths);
}

ModelKeeper::Folders ModelKeeper::served_folders() const {
  const std::lock_guard lock(mutex_);
  Folders folders;
  for (const auto& [name, kept] : kept_) {
    if (kept.served) folders[name] = kept.served->folder;
  }
  return folders;
}

Status ModelKeeper::load(const std::string& name, const std::optional<std::string>& version) {
  const std::lock_guard one_at_a_time(changes_);
  const auto listing = list_repository(options_.root);
  if (!listing) return tl::unexpected(listing.error());
  const auto found = find_version(*listing, name, version);
  if (!found) return tl::unexpected(found.error());
  return take(name, *found, version.has_value());
}

Status ModelKeeper::unload(const std::string& name) {
  const std::lock_guard one_at_a_time(changes_);
  auto folders = served_folders();
  if (folders.erase(name) == 0) return fail(ErrorCode::not_found, "no model \"" + name + "\" is served");
  if (folders.empty()) {
    return fail(ErrorCode::invalid_argument, name + " is the last model that is served; load another one first");
  }
  auto next = open_folders(folders);
  if (!next) return tl::unexpected(next.error());
  {
    const std::lock_guard lock(mutex_);
    Kept& kept = kept_[name];
    kept = Kept();
    kept.unloaded = true;
  }
  publish(std::move(*next));
  tell("unloaded " + name);
  return {};
}

Status ModelKeeper::rescan() {
  const std::lock_guard one_at_a_time(changes_);
  const auto listing = list_repository(options_.root);
  if (!listing) return tl::unexpected(listing.error());
  std::string reasons;
  for (const auto& model : listing->models) {
    const auto& newest = model.versions.back();
    {
      const std::lock_guard lock(mutex_);
      const auto kept = kept_.find(model.name);
      if (kept != kept_.end()) {
        const auto& [served, pinned, unloaded, refused] = kept->second;
        if (pinned || unloaded || (served && !older_version(served->version, newest.version))) continue;
      }
    }
    const auto status = take(model.name, newest, false);
    if (!status) reasons += (reasons.empty() ? "" : "; ") + status.error().message;
  }
  if (reasons.empty()) return {};
  return fail(ErrorCode::corrupt, std::move(reasons));
}

Status ModelKeeper::take(const std::string& name, const ModelVersion& version, bool pinned) {
  auto folders = served_folders();
  folders[name] = version.folder;
  auto next = open_folders(folders);
  if (!next) return refuse(name, version.version, std::move(next.error()));
  {
    const std::lock_guard lock(mutex_);
    kept_[name] = {version, pinned, false, ""};
  }
  publish(std::move(*next));
  tell("serving " + title(name, version.version));
  return {};
}

Status ModelKeeper::refuse(const std::string& name, const std::string& version, Error error) {
  error.message = title(name, version) + " is refused: " + error.message;
  {
    const std::lock_guard lock(mutex_);
    kept_[name].refused = error.message;
  }
  tell(error.message);
  return tl::unexpected(std::move(error));
}

// The old models are destroyed here, not by the thread whose call happens to be the last to use them.
void ModelKeeper::publish(ModelSlot::Held next) {
  if (!slot_) {
    slot_ = std::make_unique<ModelSlot>(std::move(next));
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    retired_.push_back(slot_->publish(std::move(next)));
  }
  const auto end = std::chrono::steady_clock::now() + options_.drain;
  for (;;) {
    std::vector<ModelSlot::Held> gone;
    {
      const std::lock_guard lock(mutex_);
      const auto first = std::partition(retired_.begin(), retired_.end(), held_by_others);
      gone.assign(std::make_move_iterator(first), std::make_move_iterator(retired_.end()));
      retired_.erase(first, retired_.end());
      if (retired_.empty()) return;
    }
    if (std::chrono::steady_clock::now() >= end) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

std::vector<KeptModel> ModelKeeper::list() const {
  std::map<std::string, KeptModel> models;
  if (const auto listing = list_repository(options_.root)) {
    for (const auto& model : listing->models) {
      for (const auto& version : model.versions) models[model.name].versions.push_back(version.version);
    }
  }
  std::vector<KeptModel> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, kept] : kept_) {
    KeptModel& model = models[name];
    if (kept.served) model.served = kept.served->version;
    model.pinned = kept.pinned;
    model.refused = kept.refused;
  }
  for (auto& [name, model] : models) {
    model.name = name;
    out.push_back(std::move(model));
  }
  return out;
}

std::size_t ModelKeeper::draining() const {
  const std::lock_guard lock(mutex_);
  return retired_.size();
}

void ModelKeeper::tell(const std::string& sentence) const {
  if (options_.tell) options_.tell(sentence);
}

}  // namespace tenor::serving
