// Judged rows -> reports.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/json_writer.h"
#include "base/result.h"
#include "eval/aspect_report.h"
#include "eval/classification_report.h"
#include "judge/judged_rows.h"

namespace tenor::judge {

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

// "name", "rows", "unscored", "mode", "overall", "aspects", without braces.
void append_json_members(JsonWriter& json, const Judgement& judgement);

}  // namespace tenor::judge
