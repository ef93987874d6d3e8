#include "ship/gate_fit.h"

#include <algorithm>
#include <cmath>

#include "data/labels.h"
#include "eval/calibration.h"
#include "eval/selective.h"
#include "gate/fusion.h"
#include "gate/json_numbers.h"
#include "ship/domain_fit.h"
#include "ship/fusion_fit.h"
#include "ship/gate_curve.h"
#include "ship/gate_models.h"

namespace tenor::ship {

namespace {

constexpr double kCalibrationL2 = 1e-3;
constexpr float kLeastShare = 1e-6f;

// Fits calibrations of a task's answers [rows, labels] on the rows that are in use.
class CalibrationFit {
 public:
  CalibrationFit(const GateRows& rows, const TaskAnswers& task, gate::CalibrationKind kind)
      : task_(task), kind_(kind), neutral_(neutral_of(task)) {
    if (neutral_) two_class_ = rows.two_class;
  }

  Result<gate::Recalibration> fit(const std::vector<float>& raw, std::span<const std::uint8_t> use) const {
    std::vector<std::int8_t> gold = task_.gold;
    for (std::size_t r = 0; r < gold.size(); ++r) gold[r] = use[r] != 0 ? gold[r] : std::int8_t{-1};
    if (std::none_of(gold.begin(), gold.end(), [](auto g) { return g >= 0; })) return gate::Recalibration();
    return kind_ == gate::CalibrationKind::isotonic ? isotonic(raw, gold) : parametric(raw, gold);
  }

 private:
  Result<gate::Recalibration> parametric(const std::vector<float>& raw, const std::vector<std::int8_t>& gold) const {
    const bool platt = kind_ == gate::CalibrationKind::platt;
    std::vector<float> margins;
    for (const float p : raw) {
      const float clipped = std::clamp(p, kLeastShare, 1 - kLeastShare);
      margins.push_back(platt ? std::log(clipped / (1 - clipped)) : std::log(clipped));
    }
    const std::vector<float> weights = weights_of(gold);
    const eval::CalibrationData data{task_.labels.size(), margins, gold, two_class_, weights, neutral_.value_or(0)};
    const auto form = platt ? eval::CalibrationForm::platt : eval::CalibrationForm::temperature;
    const auto fitted = eval::fit_calibration(data, form, kCalibrationL2);
    if (!fitted) return tl::unexpected(fitted.error());
    gate::Recalibration out;
    out.kind = kind_;
    out.temperature = platt ? 1 : static_cast<float>(std::clamp(1 / fitted->scale.front(), 0.02, 50.0));
    if (platt) {
      out.scale.assign(fitted->scale.begin(), fitted->scale.end());
      out.bias.assign(fitted->offset.begin(), fitted->offset.end());
    }
    return out;
  }

  Result<gate::Recalibration> isotonic(const std::vector<float>& raw, const std::vector<std::int8_t>& gold) const {
    gate::Recalibration out;
    out.kind = kind_;
    const std::size_t k = task_.labels.size();
    for (std::size_t l = 0; l < k; ++l) {
      std::vector<double> scores, targets;
      for (std::size_t r = 0; r < gold.size(); ++r) {
        if (gold[r] < 0 || (!two_class_.empty() && two_class_[r] != 0)) continue;
        scores.push_back(gate::rounded(static_cast<double>(raw[r * k + l]), 3));  // few steps
        targets.push_back(static_cast<std::size_t>(gold[r]) == l ? 1 : 0);
      }
      gate::Recalibration::Steps& steps = out.steps.emplace_back();
      if (scores.empty()) {
        steps = {{0}, {1 / static_cast<float>(k)}};
        continue;
      }
      const auto fitted = eval::fit_isotonic(scores, targets, {});
      if (!fitted) return tl::unexpected(fitted.error());
      steps.scores.assign(fitted->scores.begin(), fitted->scores.end());
      steps.values.assign(fitted->values.begin(), fitted->values.end());
    }
    return out;
  }

  // Rows of two-class sources weigh together as much as the others.
  std::vector<float> weights_of(const std::vector<std::int8_t>& gold) const {
    std::vector<float> out(gold.size(), 1);
    if (two_class_.empty()) return out;
    float two = 0, others = 0;
    for (std::size_t r = 0; r < gold.size(); ++r) {
      if (gold[r] >= 0) (two_class_[r] != 0 ? two : others) += 1;
    }
    for (std::size_t r = 0; r < gold.size() && two > 0 && others > 0; ++r) {
      if (two_class_[r] != 0) out[r] = others / two;
    }
    return out;
  }

  const TaskAnswers& task_;
  gate::CalibrationKind kind_;
  std::optional<std::size_t> neutral_;
  std::span<const std::uint8_t> two_class_;
};

class Fitting {
 public:
  Fitting(const GateFitInput& input, std::vector<gate::Stage> stages, const GateOptions& options)
      : rows_(input.rows),
        weighted_(input.weighted),
        texts_(input.texts),
        options_(options),
        domains_(domains_to_tell(rows_)) {
    out_.gate = blank_gate(rows_, std::move(stages), options.method);
    out_.gate.precision = options.precision;
    const std::size_t tasks = rows_.answers.size(), stages_count = out_.gate.stages.size();
    out_.cross.assign(tasks, std::vector<CrossFitted>(stages_count));
    out_.gains.assign(stages_count - 1, std::vector<std::vector<float>>(tasks, std::vector<float>(rows_.size())));
    out_.method_answers.assign(std::size(gate::kMethods), std::vector<std::vector<float>>(tasks));
    for (std::size_t t = 0; t < tasks; ++t) {
      const std::size_t size = rows_.size() * rows_.answers[t].labels.size();
      for (CrossFitted& cross : out_.cross[t]) cross.raw.assign(size, 0);
      for (auto& answers : out_.method_answers) answers[t].assign(size, 0);
    }
  }

  Result<GateFit> run() {
    if (judged_rows_of(rows_, rows_.answers.front(), false).empty()) {
      return fail(ErrorCode::invalid_argument, "a gate needs rows with an overall label; found none");
    }
    for (std::size_t fold = 0; fold < options_.folds; ++fold) {
      if (auto status = cross_fit(fold); !status) return tl::unexpected(status.error());
    }
    const std::vector<std::uint8_t> all(rows_.size(), 1);
    if (const auto facts = fit_on(all, out_.gate); !facts) return tl::unexpected(facts.error());
    for (std::size_t t = 0; t < rows_.answers.size(); ++t) {
      for (std::size_t s = 0; s < out_.gate.stages.size(); ++s) {
        if (auto status = finish(t, s); !status) return tl::unexpected(status.error());
      }
    }
    out_.gate.overall = fit_curve(curve_input(false), options_);
    if (rows_.answers.size() > 1) out_.gate.aspects = fit_curve(curve_input(true), options_);
    return std::move(out_);
  }

 private:
  CurveInput curve_input(bool aspects) const { return {rows_, out_.gate, out_.cross, out_.gains, aspects}; }

  std::vector<std::uint8_t> others(std::size_t fold) const {
    std::vector<std::uint8_t> use(rows_.size(), 1);
    for (std::size_t r = fold; r < use.size(); r += options_.folds) use[r] = 0;
    return use;
  }

  Result<std::vector<gate::TextFacts>> fit_on(std::span<const std::uint8_t> use, gate::Gate& gate) const {
    return fit_models({rows_, weighted_, use, options_.class_balance, texts_}, domains_, gate);
  }

  Status cross_fit(std::size_t fold) {
    gate::Gate gate = out_.gate;  // still blank
    const auto facts = fit_on(others(fold), gate);
    if (!facts) return tl::unexpected(facts.error());
    for (std::size_t t = 0; t < rows_.answers.size(); ++t) {
      for (std::size_t r = fold; r < rows_.size(); r += options_.folds) note(gate, (*facts)[r], t, r);
    }
    return {};
  }

  // What a gate that has not seen the row says of it.
  void note(const gate::Gate& gate, const gate::TextFacts& facts, std::size_t t, std::size_t r) {
    const TaskAnswers& task = rows_.answers[t];
    const std::size_t k = task.labels.size(), stages = gate.stages.size();
    const auto answer = [&](gate::Method method, std::size_t asked, std::vector<float>& target) {
      answer_of(gate, method, weighted_[t], task, t, r, facts, asked, std::span(target).subspan(r * k, k));
    };
    for (std::size_t m = 0; m < std::size(gate::kMethods); ++m) {
      answer(gate::kMethods[m], stages, out_.method_answers[m][t]);
    }
    std::vector<float> features(gate.gain_feature_count(gate.groups[gate.tasks[t].group]));
    for (std::size_t s = 0; s < stages; ++s) {
      if (!reach(gate, task, s + 1).any) continue;
      answer(gate.method, s + 1, out_.cross[t][s].raw);
      if (s + 1 == stages || reach(gate, task, s + 1).all) continue;
      gain_features_of(gate, weighted_[t], task, t, r, facts, s + 1, features);
      out_.gains[s][t][r] = gate::expected_gain(gate, gate.tasks[t], s, features);
    }
  }

  // Calibration, offsets and thresholds of a task's answers after a stage.
  Status finish(std::size_t t, std::size_t s) {
    const TaskAnswers& task = rows_.answers[t];
    const std::size_t k = task.labels.size();
    gate::TaskNumbers& numbers = out_.gate.tasks[t];
    CrossFitted& cross = out_.cross[t][s];
    numbers.calibrations.resize(out_.gate.stages.size());
    numbers.thresholds.resize(out_.gate.stages.size() * k, 0);
    cross.probabilities = cross.raw;
    cross.decided.assign(rows_.size(), -1);
    if (!reach(out_.gate, task, s + 1).any) return {};
    const CalibrationFit fit(rows_, task, options_.calibration);
    auto all = fit.fit(cross.raw, std::vector<std::uint8_t>(rows_.size(), 1));
    if (!all) return fail(all.error(), "calibration of task '" + task.task + "'");
    numbers.calibrations[s] = std::move(*all);
    for (std::size_t fold = 0; fold < options_.folds; ++fold) {
      const auto calibration = fit.fit(cross.raw, others(fold));
      if (!calibration) return fail(calibration.error(), "calibration of task '" + task.task + "'");
      for (std::size_t r = fold; r < rows_.size(); r += options_.folds) {
        calibration->apply(std::span(cross.probabilities).subspan(r * k, k));
      }
    }
    std::vector<float> offsets(k, 0);
    if (task.aspect && !judged_rows_of(rows_, task, false).empty()) {
      choose_offsets(task, cross.probabilities, {}, offsets);
    }
    std::copy(offsets.begin(), offsets.end(), numbers.offsets.begin() + static_cast<std::ptrdiff_t>(s * k));
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      const auto p = std::span(cross.probabilities).subspan(r * k, k);
      cross.decided[r] = static_cast<std::int8_t>(gate::decide(p, offsets));
    }
    find_thresholds(task, cross, std::span(numbers.thresholds).subspan(s * k, k));
    return {};
  }

  // A label each: what makes one label reliable does not make another. A two-class row says nothing of neutral.
  void find_thresholds(const TaskAnswers& task, const CrossFitted& cross, std::span<float> thresholds) const {
    const std::size_t k = task.labels.size();
    const auto neutral = neutral_of(task);
    for (std::size_t l = 0; l < k; ++l) {
      std::vector<double> confidence;
      std::vector<std::uint8_t> correct;
      for (const std::size_t r : judged_rows_of(rows_, task, neutral == l)) {
        if (static_cast<std::size_t>(cross.decided[r]) != l) continue;
        confidence.push_back(static_cast<double>(cross.probabilities[r * k + l]));
        correct.push_back(task.gold[r] == cross.decided[r] ? 1 : 0);
      }
      const double threshold = eval::precision_threshold(confidence, correct, options_.precision, options_.level);
      thresholds[l] = threshold > 1 ? 2.0f : std::max(0.0f, gate::rounded(threshold, 4) - 1e-4f);
    }
  }

  const GateRows& rows_;
  std::span<const std::optional<gate::TaskFusion>> weighted_;
  const GateRows* texts_;
  const GateOptions& options_;
  std::vector<std::string> domains_;
  GateFit out_;
};

}  // namespace

std::vector<std::size_t> judged_rows_of(const GateRows& rows, const TaskAnswers& task, bool three) {
  std::vector<std::size_t> out;
  for (std::size_t r = 0; r < task.gold.size(); ++r) {
    if (task.gold[r] >= 0 && !(three && !task.aspect && rows.two_class[r] != 0)) out.push_back(r);
  }
  return out;
}

Result<GateFit> fit_gate(const GateFitInput& input, std::vector<gate::Stage> stages, const GateOptions& options) {
  return Fitting(input, std::move(stages), options).run();
}

}  // namespace tenor::ship
