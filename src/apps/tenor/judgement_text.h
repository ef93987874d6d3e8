// Judgements as plain text for people.
#pragma once

#include <string>
#include <vector>

#include "judge/judgement.h"

namespace tenor::cli {

// A heading and the tables of eval/.
void append_text(std::string& out, const judge::Judgement& judgement);

// One line a group: name, rows, accuracy, macro-F1, macro recall.
void append_breakdown(std::string& out, const std::string& by, const std::vector<judge::Judgement>& groups);

}  // namespace tenor::cli
