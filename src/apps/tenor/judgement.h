// Judged rows -> reports, as text and as JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/tenor/judged_rows.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "eval/aspect_report.h"
#include "eval/classification_report.h"

namespace tenor::cli {

struct Judgement {
  std::string name;          // a file, "all files", or a source or domain
  std::size_t rows = 0;      // all of them
  std::size_t unscored = 0;  // rows that the engine refused: in no figure
  bool two_class = false;    // gold knows no neutral: positive against negative probability decides
  std::optional<eval::ClassificationReport> overall;  // where there are overall labels
  std::optional<eval::AspectReport> aspects;          // where there are aspect labels
};

// Error: those of eval/.
Result<Judgement> judge_group(std::string name, const JudgedRows& rows, const eval::ReportOptions& options);

// A heading and the tables of eval/.
void append_text(std::string& out, const Judgement& judgement);

// One line a group: name, rows, accuracy, macro-F1, macro recall.
void append_breakdown(std::string& out, const std::string& by, const std::vector<Judgement>& groups);

// "name", "rows", "unscored", "mode", "overall", "aspects", without braces.
void append_json_members(JsonWriter& json, const Judgement& judgement);

}  // namespace tenor::cli
