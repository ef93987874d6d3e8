#include "ship/expert_scores.h"

#include <algorithm>
#include <array>

#include "data/labels.h"

namespace tenor::ship {

namespace {

constexpr std::array<std::string_view, 6> kMeasures = {"overall.macro_f1", "overall.accuracy", "overall.macro_recall",
                                                       "aspects.macro_f1", "aspects.accuracy", "aspects.strict"};

std::int8_t label_of(const TaskAnswers& task, std::int8_t place) {
  if (place < 0) return data::kUnlabelled;
  const auto found =
      std::find(data::kLabelNames.begin(), data::kLabelNames.end(), task.labels[static_cast<std::size_t>(place)]);
  return static_cast<std::int8_t>(found - data::kLabelNames.begin());
}

// One task's answers by one expert, or fused.
class Column {
 public:
  Column(const TaskAnswers& task, std::optional<std::string_view> expert) : task_(task), fused_(!expert) {
    if (expert) place_ = std::find(task.experts.begin(), task.experts.end(), *expert) - task.experts.begin();
  }
  bool known() const { return fused_ || place_ < static_cast<std::ptrdiff_t>(task_.experts.size()); }

  std::int8_t gold(std::size_t row) const { return label_of(task_, task_.gold[row]); }
  std::int8_t predicted(std::size_t row) const {
    if (fused_ || task_.decided[row] < 0) return label_of(task_, task_.decided[row]);
    const auto p = probabilities(row);
    return label_of(task_, static_cast<std::int8_t>(std::max_element(p.begin(), p.end()) - p.begin()));
  }
  void copy(std::size_t row, std::span<float> out) const {
    const auto p = probabilities(row);
    for (std::size_t l = 0; l < p.size(); ++l) {
      out[static_cast<std::size_t>(label_of(task_, static_cast<std::int8_t>(l)))] = p[l];
    }
  }

 private:
  std::span<const float> probabilities(std::size_t row) const {
    const std::size_t k = task_.labels.size();
    if (fused_) return std::span(task_.fused).subspan(row * k, k);
    const std::size_t place = row * task_.experts.size() + static_cast<std::size_t>(place_);
    return std::span(task_.probabilities).subspan(place * k, k);
  }

  const TaskAnswers& task_;
  bool fused_;
  std::ptrdiff_t place_ = 0;
};

eval::ReportOptions without_intervals() {
  eval::ReportOptions options;
  options.bootstrap.resamples = 0;
  return options;
}

using Rows = std::vector<std::size_t>;

// Rows of sources that know neutral, or all; and the labelled rows of each source.
struct Parts {
  Rows main;
  std::map<std::string, Rows> sources;
};

Parts parts_of(const DevRows& dev) {
  Parts out;
  Rows all;
  for (std::size_t r = 0; r < dev.dataset.rows.size(); ++r) {
    const data::Row& row = dev.dataset.rows[r];
    if (row.label < 0) continue;
    all.push_back(r);
    if (dev.two_class[r] == 0) out.main.push_back(r);
    if (const std::string& source = dev.dataset.sources[row.source]; !source.empty()) out.sources[source].push_back(r);
  }
  if (out.main.empty()) out.main = std::move(all);
  return out;
}

Status add_overall(const NamedRows& answer, const Rows& rows, const std::string& before, const std::string& after,
                   std::map<std::string, double>& out) {
  const auto judgement = judge::judge_group(answer.answer, judge::select(answer.rows, rows), without_intervals());
  if (!judgement) return tl::unexpected(judgement.error());
  if (!judgement->overall) return {};
  out[before + "overall.macro_f1" + after] = judgement->overall->macro_f1.value;
  out[before + "overall.accuracy" + after] = judgement->overall->accuracy.value;
  out[before + "overall.macro_recall" + after] = judgement->overall->macro_recall.value;
  return {};
}

}  // namespace

judge::JudgedRows judged_rows(std::span<const TaskAnswers> answers, std::optional<std::string_view> expert) {
  judge::JudgedRows out;
  const std::size_t rows = answers.empty() ? 0 : answers.front().gold.size();
  std::vector<Column> aspects;
  for (const TaskAnswers& task : answers) {
    if (!task.aspect || !Column(task, expert).known()) continue;
    out.aspect_names.push_back(task.task);
    aspects.emplace_back(task, expert);
  }
  out.probabilities.assign(rows * data::kOverallLabels, 0);
  out.aspect_probabilities.assign(rows * aspects.size() * data::kAspectLabels, 0);
  for (std::size_t r = 0; r < rows; ++r) {
    out.scored.push_back(answers.front().decided[r] >= 0 ? 1 : 0);
    const Column overall(answers.front(), expert);
    out.gold.push_back(overall.known() ? overall.gold(r) : data::kUnlabelled);
    out.predicted.push_back(overall.known() ? overall.predicted(r) : data::kUnlabelled);
    if (overall.known()) {
      overall.copy(r, std::span(out.probabilities).subspan(r * data::kOverallLabels, data::kOverallLabels));
    }
    for (std::size_t a = 0; a < aspects.size(); ++a) {
      out.aspect_gold.push_back(aspects[a].gold(r));
      out.aspect_predicted.push_back(aspects[a].predicted(r));
      const std::size_t cell = (r * aspects.size() + a) * data::kAspectLabels;
      aspects[a].copy(r, std::span(out.aspect_probabilities).subspan(cell, data::kAspectLabels));
    }
  }
  return out;
}

std::vector<NamedRows> all_answers(std::span<const TaskAnswers> answers) {
  std::vector<std::string> names;
  for (const TaskAnswers& task : answers) {
    for (const std::string& expert : task.experts) {
      if (std::find(names.begin(), names.end(), expert) == names.end()) names.push_back(expert);
    }
  }
  std::vector<NamedRows> out;
  out.reserve(names.size() + 1);
  for (const std::string& name : names) out.push_back({name, judged_rows(answers, name)});
  out.push_back({"fused", judged_rows(answers, std::nullopt)});
  return out;
}

Result<std::map<std::string, double>> dev_measures(std::span<const NamedRows> answers, const DevRows& dev) {
  std::map<std::string, double> out;
  const Parts parts = parts_of(dev);
  for (const NamedRows& answer : answers) {
    const std::string before = answer.answer == "fused" ? "" : answer.answer + ":";
    if (auto status = add_overall(answer, parts.main, before, "", out); !status) return tl::unexpected(status.error());
    for (const auto& [source, rows] : parts.sources) {
      if (auto status = add_overall(answer, rows, before, "@" + source, out); !status) {
        return tl::unexpected(status.error());
      }
    }
    const auto judgement = judge::judge_group(answer.answer, answer.rows, without_intervals());
    if (!judgement) return tl::unexpected(judgement.error());
    if (!judgement->aspects) continue;
    out[before + "aspects.macro_f1"] = judgement->aspects->merged_macro_f1.value;
    out[before + "aspects.accuracy"] = judgement->aspects->accuracy.value;
    out[before + "aspects.strict"] = judgement->aspects->strict_accuracy.value;
  }
  return out;
}

bool is_dev_measure(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool of_source = at != std::string_view::npos;
  if (of_source && at + 1 == text.size()) return false;
  std::string_view measure = text.substr(0, at);
  if (const std::size_t colon = measure.find(':'); colon != std::string_view::npos) {
    if (colon == 0) return false;
    measure.remove_prefix(colon + 1);
  }
  const bool known = std::find(kMeasures.begin(), kMeasures.end(), measure) != kMeasures.end();
  return known && (!of_source || measure.starts_with("overall"));
}

}  // namespace tenor::ship
