// How good each expert of a model is alone, and all fused.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "judge/judgement.h"
#include "ship/dev_rows.h"
#include "ship/expert_answers.h"

namespace tenor::ship {

// What one of the answers says of all rows, as judge/ takes it. `expert`: its name, whose label is the most probable
// one; nothing: the model's own answer. Tasks that an expert does not score are unlabelled.
judge::JudgedRows judged_rows(std::span<const TaskAnswers> answers, std::optional<std::string_view> expert);

// One answer on one set of rows.
struct NamedRows {
  std::string answer;  // an expert's name; "fused"; "linear": the linear bundle by itself
  judge::JudgedRows rows;
};

// Every expert, and the fused answer last.
std::vector<NamedRows> all_answers(std::span<const TaskAnswers> answers);

// [ANSWER:]TASK.MEASURE[@SOURCE] -> value. No ANSWER: the fused one. TASK.MEASURE: overall.macro_f1, .accuracy,
// .macro_recall; aspects.macro_f1 (mean over aspects, not_mentioned merged into neutral), .accuracy (mean), .strict.
// Overall measures without a source are of the rows of sources that know neutral, where there are any; those with one
// exist for all sources that have a name. Errors: those of judge/.
Result<std::map<std::string, double>> dev_measures(std::span<const NamedRows> answers, const DevRows& dev);

// Whether a text has this form, whatever its ANSWER and SOURCE.
bool is_dev_measure(std::string_view text);

}  // namespace tenor::ship
