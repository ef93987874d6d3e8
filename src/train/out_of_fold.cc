#include "train/out_of_fold.h"

#include <string>
#include <utility>

#include "data/split.h"

namespace tenor::train {

namespace {

// The rows of `all` whose place in `folds` is (or is not) `fold`.
RowSet pick(const RowSet& all, const std::vector<std::size_t>& folds, std::size_t fold, bool inside) {
  RowSet picked;
  picked.dataset.aspect_names = all.dataset.aspect_names;
  picked.dataset.sources = all.dataset.sources;
  picked.dataset.domains = all.dataset.domains;
  picked.dataset.files = all.dataset.files;
  picked.labels.resize(all.labels.size());
  for (std::size_t r = 0; r < folds.size(); ++r) {
    if ((folds[r] == fold) != inside) continue;
    picked.dataset.rows.push_back(all.dataset.rows[r]);
    picked.two_class.push_back(all.two_class[r]);
    for (std::size_t t = 0; t < all.labels.size(); ++t) picked.labels[t].push_back(all.labels[t][r]);
  }
  return picked;
}

// Puts the answers to a fold's rows where they belong.
void put(const std::vector<std::vector<float>>& answers, const std::vector<std::size_t>& folds, std::size_t fold,
         OutOfFold& out) {
  for (std::size_t t = 0; t < out.tasks.size(); ++t) {
    const std::size_t labels = out.tasks[t].labels.size();
    std::size_t next = 0;
    for (std::size_t r = 0; r < folds.size(); ++r) {
      if (folds[r] != fold) continue;
      for (std::size_t l = 0; l < labels; ++l) out.probabilities[t][r * labels + l] = answers[t][next++];
    }
  }
}

SpaceConfig training_part(SpaceConfig space) {
  space.dev.clear();
  space.two_class_dev_share = 0;
  space.balance = data::BalanceMethod::none;
  return space;
}

}  // namespace

Result<OutOfFold> answer_out_of_fold(const LinearConfig& config, const SpaceConfig& space, std::size_t folds,
                                     const TrainContext& context) {
  if (folds < 2 || folds > 100) {
    return fail(ErrorCode::invalid_argument, "expected 2 to 100 folds, found " + std::to_string(folds));
  }
  const SpaceConfig part = training_part(space);
  auto loaded = load_training_rows(part, context.rows);
  if (!loaded) return tl::unexpected(loaded.error());
  OutOfFold out{std::move(loaded->train), std::move(loaded->tasks), {}};
  const auto& rows = out.rows.dataset.rows;
  for (const LinearTask& task : out.tasks) out.probabilities.emplace_back(rows.size() * task.labels.size());
  std::vector<std::size_t> fold_of_row;
  fold_of_row.reserve(rows.size());
  for (const data::Row& row : rows) fold_of_row.push_back(data::fold_of(row.text, folds, context.rows.seed));
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const std::string name = "fold " + std::to_string(fold + 1) + " of " + std::to_string(folds);
    const TrainingRows split{pick(out.rows, fold_of_row, fold, false), pick(out.rows, fold_of_row, fold, true),
                             out.tasks};
    if (split.train.dataset.rows.empty() || split.dev.dataset.rows.empty()) {
      return fail(ErrorCode::invalid_argument, name + " has no rows: there are too few for so many folds");
    }
    context.say(space.name + ": " + name);
    const auto trained = train_rows(config, part, split, context);
    if (!trained) return fail(trained.error(), name);
    put(trained->dev_probabilities, fold_of_row, fold, out);
  }
  return out;
}

}  // namespace tenor::train
