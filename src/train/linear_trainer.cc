#include "train/linear_trainer.h"

#include <algorithm>
#include <utility>

#include "base/progress.h"
#include "train/linear_margins.h"
#include "train/linear_solver.h"
#include "train/one_against_rest.h"
#include "train/space_features.h"
#include "train/space_judgement.h"

namespace tenor::train {

namespace {

struct Weights {
  std::vector<float> values;  // [features, columns]
  std::vector<float> bias;    // [columns]
};

// Solves the one-against-rest problems of a space, expert by expert. Not for threads to share.
class SpaceSolver {
 public:
  SpaceSolver(const SpaceConfig& space, const TrainingRows& rows, const SpaceFeatures& features, int seed)
      : space_(space),
        rows_(rows),
        features_(features),
        seed_(static_cast<std::uint32_t>(seed)),
        layout_(rows.tasks),
        row_weights_(space.aspects ? std::vector<double>(features.train.rows(), 1.0)
                                   : row_weights(rows.train.dataset, space)),
        solver_(features.train),
        weights_{std::vector<float>(features.train.columns * layout_.columns()),
                 std::vector<float>(layout_.columns())} {}

  Status run(const TrainContext& context, std::map<LinearKind, double>& chosen) {
    std::size_t problems = 0;
    for (const auto& [kind, costs] : space_.costs) problems += layout_.outputs * (costs.size() + (costs.size() > 1));
    Progress progress("training " + space_.name, "problems", problems, context.rows.progress);
    for (std::size_t e = 0; e < layout_.experts; ++e) {
      const std::vector<double>& costs = space_.costs.at(kLinearKinds[e]);
      double best = costs.front();
      double best_score = -1;
      for (std::size_t i = 0; costs.size() > 1 && i < costs.size(); ++i) {
        if (auto status = solve(e, costs[i], progress); !status) return status;
        const double score =
            mean_dev_score(rows_, space_, margins_of(features_.dev, weights_.values, weights_.bias), e);
        context.say(space_.name + ": " + to_string(kLinearKinds[e]) + " C=" + short_number(costs[i]) +
                    " dev macro-F1 " + short_number(score));
        if (score > best_score) {
          best_score = score;
          best = costs[i];
        }
      }
      if (auto status = solve(e, best, progress); !status) return status;
      chosen[kLinearKinds[e]] = best;
    }
    return {};
  }

  Weights take() { return std::move(weights_); }

 private:
  Status solve(std::size_t expert, double cost, Progress& progress) {
    for (std::size_t t = 0; t < rows_.tasks.size(); ++t) {
      for (std::size_t l = 0; l < layout_.labels[t]; ++l) {
        const auto model = solve_label(expert, t, l, cost);
        if (!model) return fail(model.error(), "task '" + rows_.tasks[t].name + "'");
        const std::size_t column = layout_.column(expert, t) + l;
        for (std::size_t f = 0; f < model->weights.size(); ++f) {
          weights_.values[f * layout_.columns() + column] = model->weights[f];
        }
        weights_.bias[column] = model->bias;
        progress.advance();
      }
    }
    return {};
  }

  Result<BinaryModel> solve_label(std::size_t expert, std::size_t task, std::size_t place, double cost) const {
    const bool neutral = !space_.aspects && rows_.tasks[task].labels[place] == data::kNeutral;
    const LabelledRows labelled{rows_.train.labels[task], row_weights_, rows_.train.two_class};
    const BinaryProblem problem = one_against_rest(labelled, static_cast<std::int8_t>(place), neutral, space_);
    const SideWeights sides = side_weights(problem, space_.class_balance);
    return solver_.solve(problem, {.kind = kLinearKinds[expert],
                                   .cost = cost / space_.weight_resolution,
                                   .tolerance = space_.tolerance,
                                   .positive_weight = sides.positive,
                                   .negative_weight = sides.negative,
                                   .seed = seed_,
                                   .scaling = space_.scaling});
  }

  const SpaceConfig& space_;
  const TrainingRows& rows_;
  const SpaceFeatures& features_;
  std::uint32_t seed_;
  ColumnLayout layout_;
  std::vector<double> row_weights_;
  LinearSolver solver_;
  Weights weights_;
};

void say_rows(const SpaceConfig& space, const RowSet& rows, const char* which, const TrainContext& context) {
  for (const data::BadRow& row : rows.dataset.bad_rows) context.say("skipped " + data::to_string(row));
  context.say(space.name + ": " + std::to_string(rows.dataset.rows.size()) + " " + which + " rows, " +
              std::to_string(rows.dataset.bad_row_count) + " bad rows skipped");
}

// Rounds, calibrates on what will be served, and counts the decisions that rounding changed.
Status finish(const TrainingRows& rows, const SpaceFeatures& features, const SpaceConfig& space, TrainedSpace& result) {
  const bool int8 = !result.int8.values.empty();
  const std::vector<float> exact = margins_of(features.dev, result.weights, result.bias);
  const std::vector<float> served = int8 ? margins_of(features.dev, result.int8, result.bias) : exact;
  auto decisions = fit_decisions(rows, space, served);
  if (!decisions) return tl::unexpected(decisions.error());
  result.decisions = std::move(*decisions);
  result.report.dev_scores = dev_scores(rows, space, result.decisions, served);
  for (std::size_t t = 0; t < rows.tasks.size(); ++t) {
    result.dev_probabilities.push_back(fused_probabilities(rows, result.decisions, served, t));
    const auto before = dev_decisions(rows, result.decisions, exact, t);
    const auto after = dev_decisions(rows, result.decisions, served, t);
    for (std::size_t r = 0; r < after.size(); ++r) result.report.int8_flips += before[r] != after[r];
    result.report.dev_decisions += after.size();
  }
  return {};
}

}  // namespace

Result<TrainedSpace> train_space(const LinearConfig& config, const SpaceConfig& space, const TrainContext& context) {
  auto rows = load_training_rows(space, context.rows);
  if (!rows) return tl::unexpected(rows.error());
  say_rows(space, rows->train, "training", context);
  say_rows(space, rows->dev, "dev", context);
  auto trained = train_rows(config, space, *rows, context);
  if (trained) trained->dev = std::move(rows->dev.dataset);
  return trained;
}

Result<TrainedSpace> train_rows(const LinearConfig& config, const SpaceConfig& space, const TrainingRows& rows,
                                const TrainContext& context) {
  SpaceFeatures features = make_features(rows, config.ngrams, space, context.rows.progress);
  context.say(space.name + ": " + std::to_string(features.train.columns) + " features");
  TrainedSpace result;
  SpaceSolver solver(space, rows, features, config.seed);
  if (auto status = solver.run(context, result.report.costs); !status) return tl::unexpected(status.error());

  Weights weights = solver.take();
  result.weights = std::move(weights.values);
  result.bias = std::move(weights.bias);
  if (config.int8) {
    even_columns(result.weights, result.bias);
    result.int8 = round_rows(result.weights, result.bias.size(), features.train);
  }
  if (auto status = finish(rows, features, space, result); !status) return tl::unexpected(status.error());

  result.settings = {space.name, {}, space.term_weight, space.norm, space.hash_bits};
  for (const LinearTask& task : rows.tasks) result.settings.tasks.push_back(task.name);
  result.tasks = rows.tasks;
  result.dictionary = std::move(features.dictionary);
  result.idf = std::move(features.idf);
  result.report.train_rows = rows.train.dataset.rows.size();
  result.report.dev_rows = rows.dev.dataset.rows.size();
  result.report.train_fingerprint = rows.train.dataset.fingerprint;
  result.report.dev_fingerprint = rows.dev.dataset.fingerprint;
  context.say(space.name + ": int8 changes " + std::to_string(result.report.int8_flips) + " of " +
              std::to_string(result.report.dev_decisions) + " dev decisions");
  return result;
}

}  // namespace tenor::train
