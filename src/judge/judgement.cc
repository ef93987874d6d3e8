#include "judge/judgement.h"

#include <utility>

#include "data/labels.h"
#include "eval/report_text.h"

namespace tenor::judge {

namespace {

std::vector<std::size_t> rows_with_label(const JudgedRows& rows) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.scored[i] != 0 && rows.gold[i] >= 0) indices.push_back(i);
  }
  return indices;
}

std::vector<std::size_t> rows_with_aspects(const JudgedRows& rows) {
  const std::size_t aspects = rows.aspect_names.size();
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bool labelled = false;
    for (std::size_t a = 0; a < aspects; ++a) labelled = labelled || rows.aspect_gold[i * aspects + a] >= 0;
    if (rows.scored[i] != 0 && labelled) indices.push_back(i);
  }
  return indices;
}

Status judge_overall(const JudgedRows& all, const eval::ReportOptions& options, Judgement& judgement) {
  const JudgedRows rows = select(all, rows_with_label(all));
  if (rows.size() == 0) return {};
  static const std::vector<std::string> kNames(data::kLabelNames.begin(),
                                               data::kLabelNames.begin() + data::kOverallLabels);
  judgement.two_class = eval::is_two_class(rows.gold);
  auto report = [&]() -> Result<eval::ClassificationReport> {
    if (!judgement.two_class) {
      return eval::classification_report({kNames, rows.gold, rows.predicted, rows.probabilities}, options);
    }
    const auto two = eval::to_two_class(rows.gold, rows.probabilities);
    if (!two) return tl::unexpected(two.error());
    return eval::classification_report(two->view(), options);
  }();
  if (!report) return tl::unexpected(std::move(report.error()));
  judgement.overall = std::move(*report);
  return {};
}

Status judge_aspects(const JudgedRows& all, const eval::ReportOptions& options, Judgement& judgement) {
  const JudgedRows rows = select(all, rows_with_aspects(all));
  if (rows.size() == 0) return {};
  auto report = eval::aspect_report(
      {rows.aspect_names, rows.aspect_gold, rows.aspect_predicted, rows.aspect_probabilities}, options);
  if (!report) return tl::unexpected(std::move(report.error()));
  judgement.aspects = std::move(*report);
  return {};
}

}  // namespace

Result<Judgement> judge_group(std::string name, const JudgedRows& rows, const eval::ReportOptions& options) {
  Judgement judgement{.name = std::move(name), .rows = rows.size(), .overall = {}, .aspects = {}};
  for (const std::uint8_t scored : rows.scored) judgement.unscored += scored == 0 ? 1 : 0;
  if (Status status = judge_overall(rows, options, judgement); !status) return tl::unexpected(status.error());
  if (Status status = judge_aspects(rows, options, judgement); !status) return tl::unexpected(status.error());
  return judgement;
}

void append_json_members(JsonWriter& json, const Judgement& judgement) {
  json.member("name", std::string_view(judgement.name));
  json.member("rows", static_cast<std::uint64_t>(judgement.rows));
  json.member("unscored", static_cast<std::uint64_t>(judgement.unscored));
  if (judgement.overall) {
    json.member("mode", judgement.two_class ? "two_class" : "three_class");
    json.key("overall").raw(eval::to_json(*judgement.overall));
  }
  if (judgement.aspects) json.key("aspects").raw(eval::to_json(*judgement.aspects));
}

}  // namespace tenor::judge
