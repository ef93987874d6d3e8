// Gold and prediction of every row, for those who look into errors.
#pragma once

#include <string>

#include "apps/tenor/output.h"
#include "base/result.h"
#include "data/dataset.h"
#include "judge/judged_rows.h"

namespace tenor::cli {

// One JSON line a row: {"file", "row" (from 0, bad rows not counted), "text", "gold", "predicted", "probabilities",
// "aspects": {name: {"gold", "predicted", "probabilities"}}}. Absent labels and verdicts are null.
Status append_predictions(Output& output, const std::string& file, const data::Dataset& dataset,
                          const judge::JudgedRows& rows);

}  // namespace tenor::cli
