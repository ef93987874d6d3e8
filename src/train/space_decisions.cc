#include "train/space_decisions.h"

#include <optional>

#include "eval/calibration.h"
#include "train/decision_offsets.h"
#include "train/space_judgement.h"

namespace tenor::train {

namespace {

// Place of the label that two-class sources do not know; nothing for aspects.
std::optional<std::size_t> neutral_place(const LinearTask& task, const SpaceConfig& space) {
  return space.aspects ? std::nullopt : task.place_of(data::kNeutral);
}

Result<eval::Calibration> calibrate(const TrainingRows& rows, const SpaceConfig& space, std::span<const float> margins,
                                    std::size_t task) {
  std::vector<float> weights;
  for (const std::uint8_t two_class : rows.dev.two_class) {
    weights.push_back(two_class != 0 ? static_cast<float>(space.two_class_calibration_weight) : 1.0f);
  }
  eval::CalibrationData data;
  data.classes = rows.tasks[task].labels.size();
  data.margins = margins;
  data.gold = rows.dev.labels[task];
  if (const auto neutral = neutral_place(rows.tasks[task], space)) {
    data.two_class = rows.dev.two_class;
    data.weights = weights;
    data.masked_class = *neutral;
  }
  return eval::fit_calibration(data, space.calibration, space.calibration_l2);
}

// Mean of the experts' calibrated probabilities on dev: [rows, labels].
std::vector<float> fused(const SpaceDecisions& decisions, const ColumnLayout& layout, std::span<const float> margins,
                         std::size_t task) {
  std::vector<float> mean;
  for (std::size_t e = 0; e < layout.experts; ++e) {
    eval::Calibration calibration;
    calibration.form = eval::CalibrationForm::vector;
    for (std::size_t l = 0; l < layout.labels[task]; ++l) {
      calibration.scale.push_back(decisions.calibration_scale[layout.column(e, task) + l]);
      calibration.offset.push_back(decisions.calibration_bias[layout.column(e, task) + l]);
    }
    std::vector<float> part = margins_of_task(margins, layout, e, task);
    eval::apply_calibration(calibration, part, part);
    mean.resize(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) mean[i] += part[i] / static_cast<float>(layout.experts);
  }
  return mean;
}

OffsetData offset_data(const TrainingRows& rows, std::span<const float> probabilities, std::size_t task) {
  const LinearTask& asked = rows.tasks[task];
  OffsetData data{asked.labels.size(), probabilities, rows.dev.labels[task], std::nullopt, 0};
  const auto neutral = asked.place_of(data::kNeutral);
  if (neutral && asked.place_of(data::kNotMentioned)) {
    data.merged = asked.place_of(data::kNotMentioned);
    data.merged_into = *neutral;
  }
  return data;
}

}  // namespace

Result<SpaceDecisions> fit_decisions(const TrainingRows& rows, const SpaceConfig& space,
                                     std::span<const float> margins) {
  const ColumnLayout layout(rows.tasks);
  SpaceDecisions decisions;
  for (std::size_t e = 0; e < layout.experts; ++e) {
    for (std::size_t t = 0; t < rows.tasks.size(); ++t) {
      const auto calibration = calibrate(rows, space, margins_of_task(margins, layout, e, t), t);
      if (!calibration) return fail(calibration.error(), "calibration of task '" + rows.tasks[t].name + "'");
      for (const double scale : calibration->scale) decisions.calibration_scale.push_back(static_cast<float>(scale));
      for (const double offset : calibration->offset) decisions.calibration_bias.push_back(static_cast<float>(offset));
    }
  }
  const OffsetOptions options{space.offset_limit, space.offset_penalty, space.offset_accuracy};
  for (std::size_t t = 0; t < rows.tasks.size(); ++t) {
    const std::vector<float> probabilities = fused(decisions, layout, margins, t);
    const std::vector<float> offsets = fit_offsets(offset_data(rows, probabilities, t), options);
    decisions.offsets.insert(decisions.offsets.end(), offsets.begin(), offsets.end());
  }
  return decisions;
}

std::vector<float> fused_probabilities(const TrainingRows& rows, const SpaceDecisions& decisions,
                                       std::span<const float> margins, std::size_t task) {
  return fused(decisions, ColumnLayout(rows.tasks), margins, task);
}

std::vector<std::int8_t> dev_decisions(const TrainingRows& rows, const SpaceDecisions& decisions,
                                       std::span<const float> margins, std::size_t task) {
  const ColumnLayout layout(rows.tasks);
  const auto offsets = std::span(decisions.offsets).subspan(layout.first[task], layout.labels[task]);
  return decide_rows(fused(decisions, layout, margins, task), offsets);
}

std::map<std::string, double> dev_scores(const TrainingRows& rows, const SpaceConfig& space,
                                         const SpaceDecisions& decisions, std::span<const float> margins) {
  const ColumnLayout layout(rows.tasks);
  std::map<std::string, double> scores;
  for (std::size_t t = 0; t < rows.tasks.size(); ++t) {
    const auto neutral = neutral_place(rows.tasks[t], space);
    const std::vector<std::int8_t> decided =
        neutral
            ? decide_known_labels(fused(decisions, layout, margins, t), layout.labels[t], rows.dev.two_class, neutral)
            : dev_decisions(rows, decisions, margins, t);
    add_dev_scores(rows.dev.dataset, rows.dev.labels[t], decided, rows.tasks[t].name, scores);
  }
  return scores;
}

double mean_dev_score(const TrainingRows& rows, const SpaceConfig& space, std::span<const float> margins,
                      std::size_t expert) {
  const ColumnLayout layout(rows.tasks);
  double sum = 0;
  for (std::size_t t = 0; t < rows.tasks.size(); ++t) {
    const auto decided = decide_known_labels(margins_of_task(margins, layout, expert, t), layout.labels[t],
                                             rows.dev.two_class, neutral_place(rows.tasks[t], space));
    sum += mean_macro_f1_by_source(rows.dev.dataset, rows.dev.labels[t], decided);
  }
  return sum / static_cast<double>(rows.tasks.size());
}

}  // namespace tenor::train
