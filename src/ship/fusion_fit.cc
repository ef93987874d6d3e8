#include "ship/fusion_fit.h"

#include <algorithm>
#include <cmath>

#include "data/labels.h"
#include "eval/calibration.h"
#include "eval/classification_report.h"
#include "eval/mixture.h"
#include "gate/fusion.h"

namespace tenor::ship {

namespace {

constexpr float kLeast = 1e-30f;  // no logarithm of zero
constexpr std::size_t kBins = 15;

std::optional<std::size_t> place_of(std::int8_t label, const TaskAnswers& task) {
  const auto found =
      std::find(task.labels.begin(), task.labels.end(), data::kLabelNames[static_cast<std::size_t>(label)]);
  if (found == task.labels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - task.labels.begin());
}

// A task's rows as fitting sees them.
struct TaskRows {
  TaskRows(const TaskAnswers& answers, std::span<const std::uint8_t> all_two_class, const FusionOptions& options)
      : task(answers), neutral(answers.aspect ? std::nullopt : place_of(data::kNeutral, answers)) {
    if (!neutral) return;
    two_class = all_two_class;
    double two = 0, others = 0;
    for (std::size_t i = 0; i < task.gold.size(); ++i) {
      if (task.gold[i] >= 0) (two_class[i] != 0 ? two : others) += 1;
    }
    const double balanced = two > 0 && others > 0 ? others / two : 1;
    const double weight = options.two_class_weight > 0 ? options.two_class_weight : balanced;
    for (const std::uint8_t is : two_class) weights.push_back(is != 0 ? static_cast<float>(weight) : 1.0f);
  }
  std::size_t masked(std::size_t row) const {
    return !two_class.empty() && two_class[row] != 0 ? *neutral : task.labels.size();
  }
  std::size_t labelled() const {
    return static_cast<std::size_t>(std::count_if(task.gold.begin(), task.gold.end(), [](auto g) { return g >= 0; }));
  }
  eval::MixtureData mixture_data() const {
    return {task.experts.size(), task.labels.size(), task.probabilities, task.gold, two_class, weights,
            neutral.value_or(0)};
  }

  const TaskAnswers& task;
  std::optional<std::size_t> neutral;  // that two-class sources do not know; nothing for aspects
  std::span<const std::uint8_t> two_class;
  std::vector<float> weights;
};

// One expert's probabilities, [rows, labels].
std::vector<float> expert_rows(const TaskAnswers& task, std::size_t expert) {
  const std::size_t k = task.labels.size(), experts = task.experts.size();
  std::vector<float> out;
  for (std::size_t r = 0; r < task.gold.size(); ++r) {
    const float* p = task.probabilities.data() + (r * experts + expert) * k;
    out.insert(out.end(), p, p + k);
  }
  return out;
}

std::vector<float> logarithms(std::vector<float> probabilities) {
  for (float& p : probabilities) p = std::log(std::max(p, kLeast));
  return probabilities;
}

// Logits are logarithms of probabilities but for a number that all labels share, which a common scale keeps common.
Result<TaskCalibration> calibrate(const TaskRows& rows, std::size_t expert, TaskAnswers& task, double l2) {
  const std::size_t k = task.labels.size();
  const std::vector<float> logits = logarithms(expert_rows(task, expert));
  TaskCalibration out{1, std::vector<float>(k, 0)};
  if (rows.labelled() == 0) return out;
  eval::CalibrationData data{k, logits, task.gold, rows.two_class, rows.weights, rows.neutral.value_or(0)};
  const auto fitted = eval::fit_calibration(data, eval::CalibrationForm::shifted_temperature, l2);
  if (!fitted) return tl::unexpected(fitted.error());
  out.scale = static_cast<float>(fitted->scale.front());
  out.bias.assign(fitted->offset.begin(), fitted->offset.end());
  std::vector<float> calibrated(k);
  for (std::size_t r = 0; r < task.gold.size(); ++r) {
    for (std::size_t l = 0; l < k; ++l) calibrated[l] = out.scale * logits[r * k + l] + out.bias[l];
    gate::softmax(calibrated, std::span(task.probabilities).subspan((r * task.experts.size() + expert) * k, k));
  }
  return out;
}

std::vector<float> fused_rows(const TaskAnswers& task, const gate::TaskFusion& fusion) {
  const std::size_t k = task.labels.size(), numbers = task.experts.size() * k;
  std::vector<float> out(task.gold.size() * k);
  for (std::size_t r = 0; r < task.gold.size(); ++r) {
    gate::fuse(std::span(task.probabilities).subspan(r * numbers, numbers), fusion, std::span(out).subspan(r * k, k));
  }
  return out;
}

struct Merging {
  std::optional<std::size_t> label;
  std::size_t into = 0;
};

Merging merging_of(const TaskAnswers& task) {
  const auto neutral = place_of(data::kNeutral, task), absent = place_of(data::kNotMentioned, task);
  return neutral && absent ? Merging{absent, *neutral} : Merging{};
}

FusionScores scores_of(const TaskRows& rows, std::vector<float> probabilities, std::span<const float> offsets) {
  const TaskAnswers& task = rows.task;
  const std::size_t k = task.labels.size();
  const Merging merging = merging_of(task);
  const auto merged = [&](std::size_t label) { return merging.label == label ? merging.into : label; };
  std::vector<float> known;
  std::vector<std::int8_t> gold, decided;
  eval::Confusion table(k);
  double right = 0;
  for (std::size_t r = 0; r < task.gold.size(); ++r) {
    if (task.gold[r] < 0) continue;
    const auto p = std::span(probabilities).subspan(r * k, k);
    const std::size_t masked = rows.masked(r);
    if (masked < k) {
      p[masked] = 0;
      float sum = 0;
      for (const float value : p) sum += value;
      for (float& value : p) value = sum > 0 ? value / sum : 1.0f / static_cast<float>(k);
    }
    known.insert(known.end(), p.begin(), p.end());
    const std::size_t found = gate::decide(p, offsets);
    gold.push_back(task.gold[r]);
    decided.push_back(static_cast<std::int8_t>(found));
    const auto wanted = static_cast<std::size_t>(task.gold[r]);
    right += found == wanted ? 1 : 0;
    table.add(merged(wanted), merged(found));
  }
  const eval::CalibrationScores calibration = eval::calibration_scores(gold, decided, known, kBins);
  return {calibration.nll, calibration.ece, table.macro_f1(), right / static_cast<double>(gold.size())};
}

// Few digits, so that a manifest is for reading too; weights still add up to 1.
gate::TaskFusion rounded(const eval::Mixture& mixture, std::size_t labels) {
  constexpr double kSteps = 10000;
  gate::TaskFusion out;
  double left = kSteps;
  std::size_t largest = 0;
  std::vector<double> steps;
  for (std::size_t e = 0; e < mixture.weights.size(); ++e) {
    steps.push_back(std::round(mixture.weights[e] * kSteps));
    left -= steps.back();
    if (steps[e] > steps[largest]) largest = e;
  }
  steps[largest] += left;
  for (const double step : steps) out.weights.push_back(static_cast<float>(step / kSteps));
  out.temperature = static_cast<float>(std::round(mixture.temperature * kSteps) / kSteps);
  out.offsets.assign(labels, 0.0f);
  return out;
}

// What fit_offsets raises, of decisions on the labelled rows.
double decision_score(const TaskAnswers& task, const std::vector<std::int8_t>& decided, double accuracy) {
  const Merging merging = merging_of(task);
  const auto merged = [&](std::size_t label) { return merging.label == label ? merging.into : label; };
  eval::Confusion table(task.labels.size());
  double rows = 0, right = 0;
  for (std::size_t r = 0; r < task.gold.size(); ++r) {
    if (task.gold[r] < 0) continue;
    rows += 1;
    right += task.gold[r] == decided[r] ? 1 : 0;
    table.add(merged(static_cast<std::size_t>(task.gold[r])), merged(static_cast<std::size_t>(decided[r])));
  }
  return table.macro_f1() + accuracy * right / rows;
}

// Weights and temperature that serve all aspects with the same experts and number of labels.
Result<eval::MixturePrior> common_prior(std::span<const TaskAnswers> tasks, const TaskAnswers& like, double strength) {
  std::vector<float> probabilities;
  std::vector<std::int8_t> gold;
  for (const TaskAnswers& task : tasks) {
    if (!task.aspect || task.experts != like.experts || task.labels.size() != like.labels.size()) continue;
    probabilities.insert(probabilities.end(), task.probabilities.begin(), task.probabilities.end());
    gold.insert(gold.end(), task.gold.begin(), task.gold.end());
  }
  const auto mixture = eval::fit_mixture({like.experts.size(), like.labels.size(), probabilities, gold, {}, {}, 0}, {});
  if (!mixture) return tl::unexpected(mixture.error());
  return eval::MixturePrior{*mixture, strength};
}

// Fits tasks one by one; what aspects have in common is fitted once for each kind of them.
class Fit {
 public:
  Fit(std::span<const TaskAnswers> tasks, const FusionOptions& options) : tasks_(tasks), options_(options) {}

  Status fit(const TaskRows& rows, FittedTask& out) {
    const TaskAnswers& task = rows.task;
    const auto prior = prior_of(task);
    if (!prior) return tl::unexpected(prior.error());
    const auto mixture = eval::fit_mixture(rows.mixture_data(), *prior);
    if (!mixture) return tl::unexpected(mixture.error());
    gate::TaskFusion fusion = rounded(*mixture, task.labels.size());
    const std::vector<float> fused = fused_rows(task, fusion);
    if (task.aspect) out.offset_gain = choose_offsets(task, fused, options_, fusion.offsets);
    for (std::size_t e = 0; e < task.experts.size(); ++e) {
      out.expert_scores.push_back(scores_of(rows, expert_rows(task, e), {}));
    }
    out.average =
        scores_of(rows, fused_rows(task, rounded(eval::plain_mixture(task.experts.size()), task.labels.size())), {});
    out.fused = scores_of(rows, fused, fusion.offsets);
    out.fusion = std::move(fusion);
    return {};
  }

 private:
  Result<eval::MixturePrior> prior_of(const TaskAnswers& task) {
    if (!task.aspect || options_.prior_strength == 0) return eval::MixturePrior{};
    const auto key = std::pair{task.experts, task.labels.size()};
    const auto known = priors_.find(key);
    if (known != priors_.end()) return known->second;
    auto prior = common_prior(tasks_, task, options_.prior_strength);
    if (prior) priors_[key] = *prior;
    return prior;
  }

  std::span<const TaskAnswers> tasks_;
  const FusionOptions& options_;
  std::map<std::pair<std::vector<std::string>, std::size_t>, eval::MixturePrior> priors_;
};

Status differ(const TaskAnswers& task, std::size_t row, const std::string& what) {
  return fail(ErrorCode::corrupt, "row " + std::to_string(row) + ", task " + task.task + ": " + what +
                                      " differs from what was fitted; this is an error of the program");
}

// Whether another label is as good as the best, up to a hair.
bool close_call(std::span<const float> p, std::span<const float> offsets, std::size_t decided) {
  const auto score = [&](std::size_t l) { return std::log(std::max(p[l], kLeast)) + offsets[l]; };
  for (std::size_t l = 0; l < p.size(); ++l) {
    if (l != decided && std::fabs(score(l) - score(decided)) < 1e-3f) return true;
  }
  return false;
}

}  // namespace

double choose_offsets(const TaskAnswers& task, const std::vector<float>& fused, const FusionOptions& options,
                      std::vector<float>& offsets) {
  const std::size_t k = task.labels.size(), rows = task.gold.size();
  const Merging merging = merging_of(task);
  train::OffsetData data{k, fused, task.gold, merging.label, merging.into};
  std::vector<std::int8_t> plain(rows), crossed(rows);
  for (std::size_t fold = 0; fold < options.folds; ++fold) {
    std::vector<std::int8_t> others = task.gold;
    for (std::size_t r = fold; r < rows; r += options.folds) others[r] = -1;
    data.gold = others;
    const std::vector<float> found = train::fit_offsets(data, options.offsets);
    for (std::size_t r = fold; r < rows; r += options.folds) {
      const auto p = std::span(fused).subspan(r * k, k);
      plain[r] = static_cast<std::int8_t>(gate::decide(p, {}));
      crossed[r] = static_cast<std::int8_t>(gate::decide(p, found));
    }
  }
  const double gain =
      decision_score(task, crossed, options.offsets.accuracy) - decision_score(task, plain, options.offsets.accuracy);
  if (gain > 1e-9) {
    data.gold = task.gold;
    offsets = train::fit_offsets(data, options.offsets);
  }
  return gain;
}

Result<std::vector<FittedTask>> fit_fusion(std::vector<TaskAnswers>& tasks, std::span<const std::uint8_t> two_class,
                                           std::span<const std::string> uncalibrated, const FusionOptions& options) {
  std::vector<FittedTask> out;
  for (TaskAnswers& task : tasks) {
    const TaskRows rows(task, two_class, options);
    FittedTask& fitted = out.emplace_back();
    fitted.task = task.task;
    fitted.labelled = rows.labelled();
    fitted.experts = task.experts;
    for (std::size_t e = 0; e < task.experts.size(); ++e) {
      if (std::find(uncalibrated.begin(), uncalibrated.end(), task.experts[e]) == uncalibrated.end()) continue;
      auto calibration = calibrate(rows, e, task, options.calibration_l2);
      if (!calibration) return fail(calibration.error(), "calibration of task '" + task.task + "'");
      fitted.calibrations[task.experts[e]] = std::move(*calibration);
    }
  }
  Fit fit(tasks, options);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (out[t].labelled == 0) continue;
    const TaskRows rows(tasks[t], two_class, options);
    if (auto status = fit.fit(rows, out[t]); !status) return fail(status.error(), "task '" + tasks[t].task + "'");
  }
  return out;
}

Status check_fused(std::span<const TaskAnswers> expected, std::span<const FittedTask> fitted,
                   std::span<const TaskAnswers> found) {
  for (std::size_t t = 0; t < expected.size(); ++t) {
    if (!fitted[t].fusion) continue;
    const gate::TaskFusion& fusion = *fitted[t].fusion;
    const std::vector<float> fused = fused_rows(expected[t], fusion);
    const std::size_t k = expected[t].labels.size();
    for (std::size_t r = 0; r < expected[t].decided.size(); ++r) {
      if (expected[t].decided[r] != -1 && found[t].decided[r] == -1) return differ(expected[t], r, "refusal");
      if (found[t].decided[r] == -1) continue;
      const auto p = std::span(fused).subspan(r * k, k);
      for (std::size_t l = 0; l < k; ++l) {
        if (!(std::fabs(p[l] - found[t].fused[r * k + l]) <= 1e-4f)) return differ(expected[t], r, "a probability");
      }
      const std::size_t decided = gate::decide(p, fusion.offsets);
      if (static_cast<std::int8_t>(decided) == found[t].decided[r]) continue;
      if (!close_call(p, fusion.offsets, decided)) return differ(expected[t], r, "the label");
    }
  }
  return {};
}

}  // namespace tenor::ship
