#include "train/linear_trainer.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/progress.h"
#include "data/split.h"
#include "eval/calibration.h"
#include "train/decision_offsets.h"
#include "train/one_against_rest.h"
#include "train/space_judgement.h"

namespace tenor::train {

namespace {

// Rows of one file set as the trainer sees them.
struct Part {
  data::Dataset dataset;
  std::vector<std::uint8_t> two_class;
  std::vector<std::vector<std::int8_t>> labels;  // [tasks][rows]: index into LinearTask::labels, or -1
  SparseMatrix matrix;
};

class SpaceTrainer {
 public:
  SpaceTrainer(const LinearConfig& config, const SpaceConfig& space, const TrainContext& context)
      : config_(config), space_(space), context_(context) {}

  Result<TrainedSpace> run() {
    if (auto status = load(space_.train, train_); !status) return tl::unexpected(status.error());
    if (auto status = load(space_.dev, dev_); !status) return tl::unexpected(status.error());
    move_two_class_rows_to_dev();
    balance_rows();
    if (auto status = name_tasks(); !status) return tl::unexpected(status.error());
    make_features();
    if (auto status = solve_all(); !status) return tl::unexpected(status.error());
    if (config_.int8) {
      even_columns(result_.weights, result_.bias);
      result_.int8 = round_rows(result_.weights, columns(), train_.matrix);
    }
    if (auto status = calibrate(); !status) return tl::unexpected(status.error());
    decide();
    report();
    return std::move(result_);
  }

 private:
  std::size_t outputs() const {
    std::size_t n = 0;
    for (const LinearTask& task : result_.tasks) n += task.labels.size();
    return n;
  }
  std::size_t columns() const { return outputs() * std::size(kLinearKinds); }

  Status load(const std::vector<std::string>& files, Part& part) {
    std::vector<std::string> paths;
    for (const std::string& file : files) {
      const bool absolute = file.starts_with('/') || context_.data_folder.empty();
      paths.push_back(absolute ? file : context_.data_folder + "/" + file);
    }
    data::DatasetOptions options = context_.dataset;
    options.skip_bad_rows = context_.skip_bad_rows;
    if (space_.aspects && !train_.dataset.aspect_names.empty()) options.aspect_names = train_.dataset.aspect_names;
    Progress progress("reading", "rows", std::nullopt, context_.progress);
    auto dataset = data::load_dataset(paths, options, [&](std::uint64_t rows) { progress.update(rows); });
    progress.finish();
    if (!dataset) return tl::unexpected(dataset.error());
    for (const data::BadRow& row : dataset->bad_rows) context_.say("skipped " + data::to_string(row));
    part.dataset = std::move(*dataset);
    part.two_class = two_class_rows(part.dataset, space_);
    context_.say(space_.name + ": " + std::to_string(part.dataset.rows.size()) + " rows, " +
                 std::to_string(part.dataset.bad_row_count) + " bad rows skipped, fingerprint " +
                 part.dataset.fingerprint.substr(0, 16));
    return {};
  }

  // Dev files know nothing of the two-class domains; a slice of their training rows does.
  void move_two_class_rows_to_dev() {
    if (space_.two_class_dev_share <= 0) return;
    data::Dataset& from = train_.dataset;
    data::Dataset& to = dev_.dataset;
    std::vector<data::Row> kept;
    for (std::size_t r = 0; r < from.rows.size(); ++r) {
      data::Row& row = from.rows[r];
      const data::SplitFractions share{.dev = space_.two_class_dev_share, .test = 0};
      if (train_.two_class[r] == 0 ||
          data::part_of(row.text, share, static_cast<std::uint64_t>(config_.seed)) != data::Part::dev) {
        kept.push_back(std::move(row));
        continue;
      }
      row.source = place_in(to.sources, from.sources[row.source]);
      row.domain = place_in(to.domains, from.domains[row.domain]);
      to.rows.push_back(std::move(row));
    }
    from.rows = std::move(kept);
    train_.two_class = two_class_rows(from, space_);
    dev_.two_class = two_class_rows(to, space_);
  }

  static std::uint32_t place_in(std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    const auto place = static_cast<std::uint32_t>(found - names.begin());
    if (found == names.end()) names.push_back(name);
    return place;
  }

  void balance_rows() {
    if (space_.balance == data::BalanceMethod::none) return;
    const auto kept =
        data::balance(data::overall_labels(train_.dataset), space_.balance, static_cast<std::uint64_t>(config_.seed));
    std::vector<data::Row> rows;
    for (const std::size_t r : kept) rows.push_back(train_.dataset.rows[r]);
    train_.dataset.rows = std::move(rows);
    train_.two_class = two_class_rows(train_.dataset, space_);
  }

  Status name_tasks() {
    const std::size_t count = space_.aspects ? train_.dataset.aspect_names.size() : 1;
    for (std::size_t t = 0; t < count; ++t) {
      const auto of = [&](const data::Dataset& dataset) {
        return space_.aspects ? data::aspect_labels(dataset, t) : data::overall_labels(dataset);
      };
      LinearTask task{space_.aspects ? train_.dataset.aspect_names[t] : "overall", {}};
      const std::vector<std::int8_t> labels = of(train_.dataset);
      for (std::int8_t l = 0; l < static_cast<std::int8_t>(data::kLabelNames.size()); ++l) {
        if (std::find(labels.begin(), labels.end(), l) != labels.end()) task.labels.push_back(l);
      }
      if (task.labels.size() < 2) {
        return fail(ErrorCode::invalid_argument, "task '" + task.name +
                                                     "' needs training rows of at least two labels; "
                                                     "found " +
                                                     std::to_string(task.labels.size()));
      }
      train_.labels.push_back(places_of(labels, task));
      dev_.labels.push_back(places_of(of(dev_.dataset), task));
      result_.tasks.push_back(std::move(task));
    }
    if (count == 0) return fail(ErrorCode::invalid_argument, "space '" + space_.name + "': the rows have no aspects");
    return {};
  }

  // Label values -> places in the task's own list; -1 for labels it never saw.
  static std::vector<std::int8_t> places_of(const std::vector<std::int8_t>& labels, const LinearTask& task) {
    std::vector<std::int8_t> places;
    for (const std::int8_t label : labels) {
      const auto found = std::find(task.labels.begin(), task.labels.end(), label);
      places.push_back(found == task.labels.end() ? std::int8_t{-1}
                                                  : static_cast<std::int8_t>(found - task.labels.begin()));
    }
    return places;
  }

  void make_features() {
    NgramCorpus corpus = corpus_of(train_, "reading n-grams of training rows");
    SelectionClasses classes;
    classes.classes.resize(corpus.rows());
    for (const auto& labels : train_.labels) {
      std::int8_t most = 0;
      for (std::size_t r = 0; r < labels.size(); ++r) {
        if (labels[r] < 0) continue;
        classes.classes[r].push_back(static_cast<std::uint16_t>(classes.count + static_cast<std::size_t>(labels[r])));
        most = std::max(most, labels[r]);
      }
      classes.count += static_cast<std::size_t>(most) + 1;
    }
    const std::vector<std::uint64_t> selected = select_ngrams(corpus, classes, space_.selection);
    result_.dictionary = text::build_dictionary(selected);
    const auto dictionary = text::Dictionary::view(result_.dictionary.fingerprints, result_.dictionary.bases);
    if (space_.idf) result_.idf = inverse_document_frequencies(corpus, *dictionary);
    const experts::ValueScheme scheme{space_.term_weight, space_.norm, result_.idf};
    train_.matrix = vectorize(corpus, *dictionary, scheme);
    dev_.matrix = vectorize(corpus_of(dev_, "reading n-grams of dev rows"), *dictionary, scheme);
    context_.say(space_.name + ": " + std::to_string(dictionary->size()) + " features, " +
                 std::to_string(train_.matrix.ids.size() / std::max<std::size_t>(train_.matrix.rows(), 1)) +
                 " a training row");
  }

  NgramCorpus corpus_of(const Part& part, const char* what) const {
    Progress progress(what, "rows", part.dataset.rows.size(), context_.progress);
    return extract_corpus(part.dataset.rows, config_.ngrams, [&](std::uint64_t rows) { progress.update(rows); });
  }

  static SparseMatrix vectorize(const NgramCorpus& corpus, const text::Dictionary& dictionary,
                                const experts::ValueScheme& scheme) {
    SparseMatrix matrix;
    matrix.columns = dictionary.size();
    experts::FeatureCounter counter;
    experts::FeatureVector features;
    std::vector<text::Ngram> ngrams;
    for (std::size_t r = 0; r < corpus.rows(); ++r) {
      ngrams.clear();
      for (const std::uint64_t hash : corpus.row(r)) ngrams.push_back({hash, 0, 0});
      counter.vectorize(ngrams, dictionary, scheme, features);
      matrix.append(features);
    }
    return matrix;
  }

  static std::vector<std::uint16_t> inverse_document_frequencies(const NgramCorpus& corpus,
                                                                 const text::Dictionary& dictionary) {
    const SparseMatrix counts = vectorize(corpus, dictionary, {});
    std::vector<double> rows_with(dictionary.size());
    for (const std::uint32_t id : counts.ids) rows_with[id] += 1;
    std::vector<std::uint16_t> idf;
    for (const double rows : rows_with) {
      const double value = std::log((static_cast<double>(corpus.rows()) + 1) / (rows + 1)) + 1;
      idf.push_back(experts::float_to_bf16(static_cast<float>(value)));
    }
    return idf;
  }

  Status solve_all() {
    result_.weights.assign(train_.matrix.columns * columns(), 0.0f);
    result_.bias.assign(columns(), 0.0f);
    weights_of_rows_ =
        space_.aspects ? std::vector<double>(train_.matrix.rows(), 1.0) : row_weights(train_.dataset, space_);
    const LinearSolver solver(train_.matrix);
    std::size_t problems = 0;
    for (const auto& [kind, costs] : space_.costs) problems += outputs() * (costs.size() + (costs.size() > 1 ? 1 : 0));
    Progress progress("training " + space_.name, "problems", problems, context_.progress);
    for (std::size_t e = 0; e < std::size(kLinearKinds); ++e) {
      const LinearKind kind = kLinearKinds[e];
      const std::vector<double>& costs = space_.costs.at(kind);
      double best_cost = costs.front();
      double best_score = -1;
      for (const double cost : costs) {
        if (costs.size() == 1) break;
        if (auto status = solve(solver, e, cost, progress); !status) return status;
        const double score = dev_score(e);
        context_.say(space_.name + ": " + to_string(kind) + " C=" + short_number(cost) + " dev macro-F1 " +
                     short_number(score));
        if (score > best_score) {
          best_score = score;
          best_cost = cost;
        }
      }
      if (auto status = solve(solver, e, best_cost, progress); !status) return status;
      result_.report.costs[kind] = best_cost;
    }
    return {};
  }

  Status solve(const LinearSolver& solver, std::size_t expert, double cost, Progress& progress) {
    std::size_t column = expert * outputs();
    for (std::size_t t = 0; t < result_.tasks.size(); ++t) {
      const std::vector<std::int8_t> labels = label_values(t);
      for (const std::int8_t label : result_.tasks[t].labels) {
        const BinaryProblem problem = one_against_rest({labels, weights_of_rows_, train_.two_class}, label, space_);
        const SideWeights sides = side_weights(problem, space_.class_balance);
        const SolverOptions options{.kind = kLinearKinds[expert],
                                    .cost = cost / space_.weight_resolution,
                                    .tolerance = space_.tolerance,
                                    .positive_weight = sides.positive,
                                    .negative_weight = sides.negative,
                                    .seed = static_cast<std::uint32_t>(config_.seed),
                                    .scaling = space_.scaling};
        const auto model = solver.solve(problem, options);
        if (!model) return fail(model.error(), "task '" + result_.tasks[t].name + "'");
        for (std::size_t f = 0; f < model->weights.size(); ++f)
          result_.weights[f * columns() + column] = model->weights[f];
        result_.bias[column++] = model->bias;
        progress.advance();
      }
    }
    return {};
  }

  std::vector<std::int8_t> label_values(std::size_t task) const {
    std::vector<std::int8_t> values;
    for (const std::int8_t place : train_.labels[task]) {
      values.push_back(place < 0 ? place : result_.tasks[task].labels[static_cast<std::size_t>(place)]);
    }
    return values;
  }

  // Dev margins [rows, columns]; `rounded`: with the int8 weights.
  std::vector<float> dev_margins(bool rounded) const {
    const std::size_t width = columns();
    std::vector<float> margins;
    std::vector<float> sums(width);
    for (std::size_t r = 0; r < dev_.matrix.rows(); ++r) {
      sums = result_.bias;
      const auto ids = dev_.matrix.row_ids(r);
      const auto values = dev_.matrix.row_values(r);
      for (std::size_t i = 0; i < ids.size(); ++i) {
        const std::size_t row = ids[i] * width;
        const float scale = rounded ? experts::bf16_to_float(result_.int8.scales[ids[i]]) : 1.0f;
        for (std::size_t c = 0; c < width; ++c) {
          const float weight = rounded ? static_cast<float>(result_.int8.values[row + c]) : result_.weights[row + c];
          sums[c] += values[i] * scale * weight;
        }
      }
      margins.insert(margins.end(), sums.begin(), sums.end());
    }
    return margins;
  }

  // Margins of one expert and task: [rows, labels].
  std::vector<float> slice(const std::vector<float>& margins, std::size_t expert, std::size_t task) const {
    std::size_t first = expert * outputs();
    for (std::size_t t = 0; t < task; ++t) first += result_.tasks[t].labels.size();
    std::vector<float> part;
    for (std::size_t begin = first; begin < margins.size(); begin += columns()) {
      part.insert(part.end(), margins.begin() + static_cast<std::ptrdiff_t>(begin),
                  margins.begin() + static_cast<std::ptrdiff_t>(begin + result_.tasks[task].labels.size()));
    }
    return part;
  }

  // Place of the label that two-class sources do not know; nothing for aspects.
  std::optional<std::size_t> neutral_place(std::size_t task) const {
    const auto& labels = result_.tasks[task].labels;
    const auto neutral = std::find(labels.begin(), labels.end(), data::kNeutral);
    if (space_.aspects || neutral == labels.end()) return std::nullopt;
    return static_cast<std::size_t>(neutral - labels.begin());
  }

  // To choose C: macro-F1 of the larger margin, averaged over dev sources and tasks.
  double dev_score(std::size_t expert) const {
    const std::vector<float> margins = dev_margins(false);
    double sum = 0;
    for (std::size_t t = 0; t < result_.tasks.size(); ++t) {
      const std::vector<float> part = slice(margins, expert, t);
      const auto decisions =
          decide_known_labels(part, result_.tasks[t].labels.size(), dev_.two_class, neutral_place(t));
      sum += mean_macro_f1_by_source(dev_.dataset, dev_.labels[t], decisions);
    }
    return sum / static_cast<double>(result_.tasks.size());
  }

  Result<eval::Calibration> fit(std::span<const float> margins, std::size_t task) const {
    eval::CalibrationData data;
    data.classes = result_.tasks[task].labels.size();
    data.margins = margins;
    data.gold = dev_.labels[task];
    if (const auto neutral = neutral_place(task)) {
      data.two_class = dev_.two_class;
      data.masked_class = *neutral;
    }
    return eval::fit_calibration(data, space_.calibration, space_.calibration_l2);
  }

  Status calibrate() {
    const std::vector<float> margins = dev_margins(config_.int8);
    for (std::size_t e = 0; e < std::size(kLinearKinds); ++e) {
      for (std::size_t t = 0; t < result_.tasks.size(); ++t) {
        const auto calibration = fit(slice(margins, e, t), t);
        if (!calibration) return fail(calibration.error(), "calibration of task '" + result_.tasks[t].name + "'");
        for (const double scale : calibration->scale) result_.calibration_scale.push_back(static_cast<float>(scale));
        for (const double offset : calibration->offset) result_.calibration_bias.push_back(static_cast<float>(offset));
      }
    }
    return {};
  }

  // Mean of the experts' calibrated probabilities on dev: [rows, labels].
  std::vector<float> fused(const std::vector<float>& margins, std::size_t task) const {
    const std::size_t labels = result_.tasks[task].labels.size();
    std::size_t first = 0;
    for (std::size_t t = 0; t < task; ++t) first += result_.tasks[t].labels.size();
    std::vector<float> mean;
    for (std::size_t e = 0; e < std::size(kLinearKinds); ++e) {
      eval::Calibration calibration;
      calibration.form = eval::CalibrationForm::vector;
      for (std::size_t l = 0; l < labels; ++l) {
        calibration.scale.push_back(result_.calibration_scale[e * outputs() + first + l]);
        calibration.offset.push_back(result_.calibration_bias[e * outputs() + first + l]);
      }
      std::vector<float> part = slice(margins, e, task);
      eval::apply_calibration(calibration, part, part);
      mean.resize(part.size());
      for (std::size_t i = 0; i < part.size(); ++i) mean[i] += part[i] / static_cast<float>(std::size(kLinearKinds));
    }
    return mean;
  }

  OffsetData offset_data(std::span<const float> probabilities, std::size_t task) const {
    const auto& labels = result_.tasks[task].labels;
    OffsetData data{labels.size(), probabilities, dev_.labels[task], std::nullopt, 0};
    const auto neutral = std::find(labels.begin(), labels.end(), data::kNeutral);
    const auto absent = std::find(labels.begin(), labels.end(), data::kNotMentioned);
    if (neutral != labels.end() && absent != labels.end()) {
      data.merged = static_cast<std::size_t>(absent - labels.begin());
      data.merged_into = static_cast<std::size_t>(neutral - labels.begin());
    }
    return data;
  }

  void decide() {
    const std::vector<float> margins = dev_margins(config_.int8);
    for (std::size_t t = 0; t < result_.tasks.size(); ++t) {
      const std::vector<float> probabilities = fused(margins, t);
      const OffsetOptions options{.limit = space_.offset_limit, .penalty = space_.offset_penalty};
      const std::vector<float> offsets = fit_offsets(offset_data(probabilities, t), options);
      result_.offsets.insert(result_.offsets.end(), offsets.begin(), offsets.end());
    }
  }

  void report() {
    result_.settings = {space_.name, {}, space_.term_weight, space_.norm};
    SpaceReport& report = result_.report;
    report.train_rows = train_.dataset.rows.size();
    report.dev_rows = dev_.dataset.rows.size();
    report.train_fingerprint = train_.dataset.fingerprint;
    report.dev_fingerprint = dev_.dataset.fingerprint;
    const std::vector<float> plain = dev_margins(false);
    const std::vector<float> served = config_.int8 ? dev_margins(true) : plain;
    std::size_t first = 0;
    for (std::size_t t = 0; t < result_.tasks.size(); ++t) {
      result_.settings.tasks.push_back(result_.tasks[t].name);
      const std::size_t labels = result_.tasks[t].labels.size();
      const auto offsets = std::span(result_.offsets).subspan(first, labels);
      first += labels;
      const auto decisions = decide_rows(fused(served, t), offsets);
      const auto exact = decide_rows(fused(plain, t), offsets);
      for (std::size_t r = 0; r < decisions.size(); ++r) report.int8_flips += decisions[r] != exact[r];
      report.dev_decisions += decisions.size();
      const auto known = decide_known_labels(fused(served, t), labels, dev_.two_class, neutral_place(t));
      add_dev_scores(dev_.dataset, dev_.labels[t], neutral_place(t) ? known : decisions, result_.tasks[t].name,
                     report.dev_scores);
    }
    context_.say(space_.name + ": int8 changes " + std::to_string(report.int8_flips) + " of " +
                 std::to_string(report.dev_decisions) + " dev decisions");
  }

  const LinearConfig& config_;
  const SpaceConfig& space_;
  const TrainContext& context_;
  Part train_;
  Part dev_;
  std::vector<double> weights_of_rows_;
  TrainedSpace result_;
};

}  // namespace

Result<TrainedSpace> train_space(const LinearConfig& config, const SpaceConfig& space, const TrainContext& context) {
  return SpaceTrainer(config, space, context).run();
}

}  // namespace tenor::train
