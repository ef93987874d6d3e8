#include "serving/model_repository.h"

#include <algorithm>
#include <cstddef>
#include <system_error>
#include <utility>

namespace tenor::serving {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestName = 64;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The number at the front, without leading zeros, as digits; it is taken off.
std::string_view take_number(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  auto number = text.substr(0, end);
  text.remove_prefix(end);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

// Of what follows a common beginning: nothing is newer than "-rc1" and older than ".1".
int rank_of_rest(std::string_view rest) {
  if (rest.empty()) return 1;
  return rest.front() == '-' ? 0 : 2;
}

bool inside(const fs::path& root, const fs::path& entry) {
  std::error_code error;
  const auto real = fs::canonical(entry, error);
  if (error) return false;
  const auto [rest, ignored] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
  return rest == root.end();
}

struct Scan {
  fs::path root;  // canonical
  RepositoryListing listing;

  // Folders in `folder` that may be models or versions, by name.
  std::vector<fs::path> folders_in(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      const auto name = entry->path().filename().string();
      if (name.starts_with('.')) continue;
      std::error_code unknown;
      if (!fs::is_directory(entry->path(), unknown)) continue;
      if (!is_model_name(name)) {
        pass_over(entry->path(), "expected a name of letters, digits and ._+-");
      } else if (!inside(root, entry->path())) {
        pass_over(entry->path(), "it is a link out of the repository");
      } else {
        found.push_back(entry->path());
      }
    }
    if (error) pass_over(folder, error.message());
    std::sort(found.begin(), found.end());
    return found;
  }

  void add_model(const fs::path& folder) {
    RepositoryModel model{folder.filename().string(), {}};
    for (const auto& version : folders_in(folder)) {
      std::error_code error;
      if (fs::is_regular_file(version / "manifest.json", error)) {
        model.versions.push_back({version.filename().string(), version});
      } else {
        pass_over(version, "it has no manifest.json");
      }
    }
    if (model.versions.empty()) {
      return pass_over(folder, "expected versions in it (" + model.name + "/1.0.0/manifest.json)");
    }
    std::sort(model.versions.begin(), model.versions.end(),
              [](const auto& a, const auto& b) { return older_version(a.version, b.version); });
    listing.models.push_back(std::move(model));
  }

  void pass_over(const fs::path& entry, const std::string& reason) {
    listing.passed_over.push_back(entry.lexically_relative(root).string() + ": " + reason);
  }
};

template <class Entries, class Name>
std::string names_of(const Entries& entries, Name name) {
  std::string all;
  for (const auto& entry : entries) all += (all.empty() ? "" : ", ") + entry.*name;
  return all.empty() ? "nothing" : all;
}

}  // namespace

bool is_model_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '+' ||
           c == '-';
  });
}

bool older_version(std::string_view a, std::string_view b) {
  const auto whole_a = a, whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const auto left = take_number(a), right = take_number(b);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      continue;
    }
    if (a.front() != b.front()) {
      const int left = rank_of_rest(a), right = rank_of_rest(b);
      return left != right ? left < right : a.front() < b.front();
    }
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  const int left = rank_of_rest(a), right = rank_of_rest(b);
  return left != right ? left < right : whole_a < whole_b;  // 1.0 and 1.00 are in some order, too
}

Result<RepositoryListing> list_repository(const fs::path& root) {
  std::error_code error;
  Scan scan{fs::canonical(root, error), {}};
  if (error || !fs::is_directory(scan.root, error)) {
    return fail(ErrorCode::not_found, root.string() + ": expected a folder of models (NAME/VERSION/manifest.json), " +
                                          (error ? error.message() : "found a file"));
  }
  for (const auto& folder : scan.folders_in(scan.root)) scan.add_model(folder);
  return std::move(scan.listing);
}

Result<ModelVersion> find_version(const RepositoryListing& listing, std::string_view name,
                                  const std::optional<std::string>& version) {
  const auto model = std::find_if(listing.models.begin(), listing.models.end(),
                                  [&](const RepositoryModel& other) { return other.name == name; });
  if (model == listing.models.end()) {
    return fail(ErrorCode::not_found, "there is no model \"" + std::string(name) + "\" in the repository; it has " +
                                          names_of(listing.models, &RepositoryModel::name));
  }
  if (!version) return model->versions.back();
  const auto found = std::find_if(model->versions.begin(), model->versions.end(),
                                  [&](const ModelVersion& other) { return other.version == *version; });
  if (found != model->versions.end()) return *found;
  return fail(ErrorCode::not_found, "the model " + model->name + " has no version \"" + *version + "\"; it has " +
                                        names_of(model->versions, &ModelVersion::version));
}

Result<ModelVersion> find_stored(const RepositoryListing& listing, std::string_view name) {
  const auto at = name.find('@');
  if (at == std::string_view::npos) return find_version(listing, name, std::nullopt);
  return find_version(listing, name.substr(0, at), std::string(name.substr(at + 1)));
}

}  // namespace tenor::serving
