// Cases of a behaviour suite: what a model should do with negations, contrasts, emoji, typing errors and the like, in
// the manner of CheckList (Ribeiro et al., ACL 2020). docs/behaviour.md describes the files.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/labels.h"
#include "text/language.h"

namespace tenor::judge {

enum class CaseKind : std::uint8_t {
  label,      // the text has one of the expected labels (CheckList: minimum functionality)
  same,       // both texts get the same label, whichever (invariance)
  direction,  // from the text to the other, P(positive) - P(negative) moves so far up or down (directional expectation)
  refused,    // nothing can be read in the text: an error of the code empty_text, no answer
};

struct BehaviourCase {
  CaseKind kind = CaseKind::label;
  text::Language language = text::Language::zh;
  std::string skill;                                 // what is asked for, "negation"
  std::string text;                                  // empty only where it should be refused
  std::string other;                                 // same, direction
  std::array<bool, data::kOverallLabels> allowed{};  // label: by data::kLabelNames
  bool up = false;                                   // direction
  double margin = 0;                                 // direction: 0 to 2, to be exceeded
  std::string file;
  std::uint64_t line = 0;  // from 1
};

// JSON lines, all files one after the other; lines of white space are passed over. Errors begin with FILE:LINE, name
// the member and say what was expected: corrupt for a line that is no case, or that asks again what an earlier one
// asks; else those of data::open_source; not_found where there is no case at all.
Result<std::vector<BehaviourCase>> read_behaviour_cases(std::span<const std::string> files);

const char* to_string(CaseKind kind);

// "positive or neutral", "the same label", "up by more than 0.05", "refused".
std::string expectation(const BehaviourCase& behaviour);

}  // namespace tenor::judge
