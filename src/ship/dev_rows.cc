#include "ship/dev_rows.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "data/split.h"

namespace tenor::ship {

namespace {

constexpr std::size_t kRowsThatTell = 30;

Result<std::vector<std::string>> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      out.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      if (entry.path().filename().string().starts_with("dev")) inside.push_back(entry.path().string());
    }
    if (inside.empty()) {
      return fail(ErrorCode::not_found,
                  path + ": a folder without a file whose name begins with \"dev\"; name the file");
    }
    std::sort(inside.begin(), inside.end());
    out.insert(out.end(), inside.begin(), inside.end());
  }
  return out;
}

std::uint32_t place_in(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  const auto place = static_cast<std::uint32_t>(found - names.begin());
  if (found == names.end()) names.push_back(name);
  return place;
}

// Overall labels only: two-class sources have no aspects.
void append_held_out(const DevSource& source, const data::Dataset& from, data::Dataset& to) {
  const data::SplitFractions share{.dev = source.held_out_share, .test = 0};
  const auto& wanted = source.two_class_sources;
  for (data::Row row : from.rows) {
    const std::string& name = from.sources[row.source];
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    if (data::part_of(row.text, share, source.seed) != data::Part::dev) continue;
    row.source = place_in(to.sources, name);
    row.domain = place_in(to.domains, from.domains[row.domain]);
    row.file = place_in(to.files, from.files[row.file]);
    row.aspects.assign(to.aspect_names.size(), data::kUnlabelled);
    to.rows.push_back(std::move(row));
  }
}

std::set<std::uint32_t> two_class_sources(const data::Dataset& dataset, const std::vector<std::string>& named) {
  std::vector<std::size_t> labelled(dataset.sources.size()), neutral(dataset.sources.size());
  for (const data::Row& row : dataset.rows) {
    labelled[row.source] += row.label >= 0 ? 1 : 0;
    neutral[row.source] += row.label == data::kNeutral ? 1 : 0;
  }
  std::set<std::uint32_t> out;
  for (std::uint32_t s = 0; s < dataset.sources.size(); ++s) {
    const bool is_named = std::find(named.begin(), named.end(), dataset.sources[s]) != named.end();
    const bool looks_it = labelled[s] >= kRowsThatTell && neutral[s] == 0;
    if (named.empty() ? looks_it : is_named) out.insert(s);
  }
  return out;
}

}  // namespace

Result<DevRows> load_dev_rows(const DevSource& source, const std::function<void(std::uint64_t rows)>& progress) {
  if (!source.held_out_from.empty() && source.two_class_sources.empty()) {
    return fail(ErrorCode::invalid_argument, "held-out rows need the names of the two-class sources that they are of");
  }
  const auto files = files_of(source.paths);
  if (!files) return tl::unexpected(files.error());
  auto dataset = data::load_dataset(*files, source.dataset, progress);
  if (!dataset) return tl::unexpected(dataset.error());
  if (!source.held_out_from.empty()) {
    const auto training = data::load_dataset(source.held_out_from, source.dataset, progress);
    if (!training) return tl::unexpected(training.error());
    append_held_out(source, *training, *dataset);
    dataset->fingerprint = data::fingerprint(*dataset);
  }
  if (dataset->rows.empty()) return fail(ErrorCode::invalid_argument, "there are no labelled rows to fit on");
  DevRows out;
  const auto two_class = two_class_sources(*dataset, source.two_class_sources);
  for (const data::Row& row : dataset->rows) out.two_class.push_back(two_class.count(row.source) > 0 ? 1 : 0);
  for (const std::uint32_t s : two_class) out.two_class_sources.push_back(dataset->sources[s]);
  std::sort(out.two_class_sources.begin(), out.two_class_sources.end());
  out.dataset = std::move(*dataset);
  return out;
}

}  // namespace tenor::ship
