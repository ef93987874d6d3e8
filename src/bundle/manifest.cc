#include "bundle/manifest.h"

#include <algorithm>
#include <set>

#include "base/hex.h"
#include "bundle/json_text.h"
#include "bundle/manifest_rules.h"

namespace tenor::bundle {

namespace {

bool is_digest(std::string_view text) {
  return text.size() == 64 && is_hex(text);
}

// "" where the names are all there and unique.
std::string check_names(const std::vector<std::string>& names, const std::string& what) {
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (name.empty()) return what + ": a name is empty";
    if (!seen.insert(name).second) return what + ": " + show(name) + " is there twice";
  }
  return "";
}

template <class Item>
std::string check_item_names(const std::vector<Item>& items, const std::string& what) {
  if (items.empty()) return what + ": expected at least one";
  if (items.size() > kMaxItems) return what + ": more than " + std::to_string(kMaxItems);
  std::vector<std::string> names;
  names.reserve(items.size());
  for (const Item& item : items) names.push_back(item.name);
  return check_names(names, what);
}

std::string check_task(const Task& task) {
  const std::string where = "task " + show(task.name) + ": labels";
  if (task.labels.size() < 2) return where + ": expected at least two";
  return check_names(task.labels, where);
}

std::string check_expert(const Expert& expert, const Manifest& manifest) {
  const std::string where = "expert " + show(expert.name);
  if (expert.kind.empty()) return where + ": kind is empty";
  if (!is_plain_file_name(expert.file)) return where + ": " + show(expert.file) + " is not a plain file name";
  if (expert.tasks.empty()) return where + ": tasks: expected at least one";
  if (std::string broken = check_names(expert.tasks, where + ": tasks"); !broken.empty()) return broken;
  for (const std::string& task : expert.tasks) {
    if (manifest.find_task(task) == nullptr) return where + ": there is no task " + show(task);
  }
  return "";
}

std::string check_file(const std::string& name, const FileEntry& entry) {
  if (!is_plain_file_name(name)) {
    return "files: " + show(name) + " is not a plain file name (A-Z a-z 0-9 . _ -, no leading dot, no folders)";
  }
  if (!is_digest(entry.sha256)) return "files: " + show(name) + ": sha256 must be 64 lower-case hexadecimal digits";
  return "";
}

template <class Items>
auto* find_by_name(Items& items, std::string_view name) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

const char* to_string(TaskKind kind) {
  return kind == TaskKind::overall ? "overall" : "aspect";
}

const Task* Manifest::find_task(std::string_view task_name) const {
  return find_by_name(tasks, task_name);
}

const Expert* Manifest::find_expert(std::string_view expert_name) const {
  return find_by_name(experts, expert_name);
}

std::string digest_line(std::string_view digest) {
  return std::string(digest) + "  " + std::string(kManifestName) + "\n";
}

bool is_plain_file_name(std::string_view name) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !name.empty() && name.size() <= 128 && name[0] != '.' && name != kManifestName &&
         name != kManifestDigestName && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::string broken_rule(const Manifest& manifest) {
  if (manifest.name.empty()) return "name is empty";
  if (manifest.languages.empty()) return "languages: expected at least one";
  if (manifest.features.normalizer_version < 1) return "features: normalizer_version must be at least 1";
  std::string broken = check_names(manifest.languages, "languages");
  if (broken.empty()) broken = check_item_names(manifest.tasks, "tasks");
  if (broken.empty()) broken = check_item_names(manifest.experts, "experts");
  for (const Task& task : manifest.tasks) {
    if (broken.empty()) broken = check_task(task);
  }
  for (const Expert& expert : manifest.experts) {
    if (broken.empty()) broken = check_expert(expert, manifest);
  }
  for (const auto& [name, entry] : manifest.files) {
    if (broken.empty()) broken = check_file(name, entry);
  }
  if (broken.empty() && manifest.files.size() > kMaxFiles) {
    broken = "files: more than " + std::to_string(kMaxFiles);
  }
  for (const Expert& expert : manifest.experts) {
    if (broken.empty() && manifest.files.count(expert.file) == 0) {
      broken = "expert " + show(expert.name) + ": file " + show(expert.file) + " is not listed in files";
    }
  }
  return broken;
}

}  // namespace tenor::bundle
