#include "data/deduplicate.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "data/split.h"

namespace tenor::data {

namespace {

std::size_t labels_in(const Row& row) {
  const auto aspects = std::count_if(row.aspects.begin(), row.aspects.end(), [](std::int8_t a) { return a >= 0; });
  return static_cast<std::size_t>(aspects) + (row.label >= 0 ? 1 : 0);
}

bool differ(std::int8_t a, std::int8_t b) {
  return a >= 0 && b >= 0 && a != b;
}

// The first task to which the rows give different labels.
std::optional<std::string> contradiction(const Dataset& dataset, const Row& a, const Row& b) {
  if (differ(a.label, b.label)) return "overall";
  for (std::size_t i = 0; i < std::min(a.aspects.size(), b.aspects.size()); ++i) {
    if (differ(a.aspects[i], b.aspects[i])) return dataset.aspect_names[i];
  }
  return {};
}

struct Group {
  std::size_t kept = 0;  // row index
  std::size_t labels = 0;
  std::vector<std::size_t> rows;
  bool conflicting = false;
};

std::vector<Group> group_rows(const Dataset& dataset, std::size_t max_letters) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> index;
  for (std::size_t r = 0; r < dataset.rows.size(); ++r) {
    const auto [place, is_new] = index.emplace(duplicate_key(dataset.rows[r].text, max_letters), groups.size());
    if (is_new) groups.emplace_back();
    Group& group = groups[place->second];
    const std::size_t labels = labels_in(dataset.rows[r]);
    if (is_new || labels > group.labels) {
      group.kept = r;
      group.labels = labels;
    }
    group.rows.push_back(r);
  }
  return groups;
}

}  // namespace

Deduplication deduplicate(const Dataset& dataset, const DeduplicateOptions& options) {
  Deduplication result;
  for (Group& group : group_rows(dataset, options.max_letters)) {
    for (const std::size_t r : group.rows) {
      const auto task = contradiction(dataset, dataset.rows[group.kept], dataset.rows[r]);
      if (!task) continue;
      group.conflicting = true;
      result.conflicts.push_back({group.kept, r, *task});
    }
    result.conflicting_groups += group.conflicting ? 1 : 0;
    if (group.conflicting && options.on_conflict == OnConflict::drop) {
      result.dropped += group.rows.size();
      continue;
    }
    result.kept.push_back(group.kept);
    result.duplicates += group.rows.size() - 1;
  }
  std::sort(result.kept.begin(), result.kept.end());
  std::sort(result.conflicts.begin(), result.conflicts.end(),
            [](const LabelConflict& a, const LabelConflict& b) { return a.other < b.other; });
  return result;
}

void keep_rows(Dataset& dataset, const std::vector<std::size_t>& rows) {
  std::vector<Row> kept;
  kept.reserve(rows.size());
  for (const std::size_t r : rows) kept.push_back(std::move(dataset.rows[r]));
  dataset.rows = std::move(kept);
  dataset.fingerprint = fingerprint(dataset);
}

}  // namespace tenor::data
