#include "train/training_rows.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/progress.h"
#include "data/behaviour_rows.h"
#include "data/split.h"
#include "train/one_against_rest.h"

namespace tenor::train {

namespace {

std::vector<std::string> paths_in(const std::string& folder, const std::vector<std::string>& files) {
  std::vector<std::string> paths;
  for (const std::string& file : files) {
    const bool absolute = file.starts_with('/') || folder.empty();
    paths.push_back(absolute ? file : folder + "/" + file);
  }
  return paths;
}

Result<data::Dataset> load(const std::vector<std::string>& paths, const RowSource& source,
                           const std::vector<std::string>& aspect_names) {
  data::DatasetOptions options = source.dataset;
  options.aspect_names = aspect_names;
  Progress progress("reading", "rows", std::nullopt, source.progress);
  return data::load_dataset(paths, options, [&](std::uint64_t rows) { progress.update(rows); });
}

std::uint32_t place_in(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  const auto place = static_cast<std::uint32_t>(found - names.begin());
  if (found == names.end()) names.push_back(name);
  return place;
}

// Dev files know nothing of the two-class domains; a slice of their training rows does.
void move_two_class_rows(const SpaceConfig& space, std::uint64_t seed, data::Dataset& from, data::Dataset& to) {
  const std::vector<std::uint8_t> two_class = two_class_rows(from, space);
  const data::SplitFractions share{.dev = space.two_class_dev_share, .test = 0};
  std::vector<data::Row> kept;
  for (std::size_t r = 0; r < from.rows.size(); ++r) {
    data::Row& row = from.rows[r];
    if (two_class[r] == 0 || data::part_of(row.text, share, seed) != data::Part::dev) {
      kept.push_back(std::move(row));
      continue;
    }
    row.source = place_in(to.sources, from.sources[row.source]);
    row.domain = place_in(to.domains, from.domains[row.domain]);
    to.rows.push_back(std::move(row));
  }
  from.rows = std::move(kept);
}

// No made row is a row of dev. A run that goes on must have the same rows: they are part of the fingerprint.
void add_made_rows(const SpaceConfig& space, std::uint64_t seed, const data::Dataset& dev, data::Dataset& train) {
  std::unordered_set<std::uint64_t> held_out;
  for (const data::Row& row : dev.rows) held_out.insert(data::content_hash(row.text));
  data::BehaviourRows made = data::make_behaviour_rows(train.rows, space.behaviour, seed, held_out);
  for (data::Row& row : made.rows) train.rows.push_back(std::move(row));
  train.fingerprint = data::fingerprint(train);
}

void balance_rows(const SpaceConfig& space, std::uint64_t seed, data::Dataset& dataset) {
  std::vector<data::Row> rows;
  for (const std::size_t r : data::balance(data::overall_labels(dataset), space.balance, seed)) {
    rows.push_back(dataset.rows[r]);
  }
  dataset.rows = std::move(rows);
}

std::vector<std::int8_t> places_of(const std::vector<std::int8_t>& labels, const LinearTask& task) {
  std::vector<std::int8_t> places;
  for (const std::int8_t label : labels) {
    const auto place = task.place_of(label);
    places.push_back(place ? static_cast<std::int8_t>(*place) : std::int8_t{-1});
  }
  return places;
}

Status name_tasks(const SpaceConfig& space, TrainingRows& rows) {
  const std::size_t count = space.aspects ? rows.train.dataset.aspect_names.size() : 1;
  if (count == 0) return fail(ErrorCode::invalid_argument, "the training rows have no aspects");
  for (std::size_t t = 0; t < count; ++t) {
    const auto labels_of = [&](const data::Dataset& dataset) {
      return space.aspects ? data::aspect_labels(dataset, t) : data::overall_labels(dataset);
    };
    LinearTask task{space.aspects ? rows.train.dataset.aspect_names[t] : "overall", {}};
    const std::vector<std::int8_t> labels = labels_of(rows.train.dataset);
    for (std::int8_t l = 0; l < static_cast<std::int8_t>(data::kLabelNames.size()); ++l) {
      if (std::find(labels.begin(), labels.end(), l) != labels.end()) task.labels.push_back(l);
    }
    if (task.labels.size() < 2) {
      return fail(ErrorCode::invalid_argument, "task '" + task.name +
                                                   "' needs training rows of at least two labels; "
                                                   "found " +
                                                   std::to_string(task.labels.size()));
    }
    rows.train.labels.push_back(places_of(labels, task));
    rows.dev.labels.push_back(places_of(labels_of(rows.dev.dataset), task));
    rows.tasks.push_back(std::move(task));
  }
  return {};
}

}  // namespace

std::optional<std::size_t> LinearTask::place_of(std::int8_t label) const {
  const auto found = std::find(labels.begin(), labels.end(), label);
  if (found == labels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - labels.begin());
}

Result<TrainingRows> load_training_rows(const SpaceConfig& space, const RowSource& source) {
  TrainingRows rows;
  auto files = paths_in(source.data_folder, space.train);
  files.insert(files.end(), space.taught.begin(), space.taught.end());
  auto train = load(files, source, source.dataset.aspect_names);
  if (!train) return tl::unexpected(train.error());
  auto dev = load(paths_in(source.data_folder, space.dev), source,
                  space.aspects ? train->aspect_names : source.dataset.aspect_names);
  if (!dev) return tl::unexpected(dev.error());
  move_two_class_rows(space, source.seed, *train, *dev);
  if (space.behaviour.any()) add_made_rows(space, source.seed, *dev, *train);
  if (space.balance != data::BalanceMethod::none) balance_rows(space, source.seed, *train);
  rows.train.two_class = two_class_rows(*train, space);
  rows.dev.two_class = two_class_rows(*dev, space);
  rows.train.dataset = std::move(*train);
  rows.dev.dataset = std::move(*dev);
  if (auto status = name_tasks(space, rows); !status) return tl::unexpected(status.error());
  return rows;
}

}  // namespace tenor::train
