// Pass rates of a behaviour suite by skill, and floors under them that a later model must not fall below.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "judge/behaviour.h"

namespace tenor::judge {

struct PassRate {
  std::size_t cases = 0;  // that this answer was asked; 0: the model has no such expert
  std::size_t passed = 0;

  double share() const { return cases == 0 ? 0 : static_cast<double>(passed) / static_cast<double>(cases); }
};

// One line of the table.
struct SkillRates {
  text::Language language = text::Language::zh;
  std::string skill;  // "all" for the line under a language's skills
  std::size_t cases = 0;
  std::vector<PassRate> answers;  // as BehaviourRun::answers
};

// By language, then by skill in order of appearance; behind each language's skills a line "all".
std::vector<SkillRates> skill_rates(const BehaviourRun& run);

// "zh  negation  31  90.3 %  ..." with a head, for terminals.
std::string behaviour_text(const BehaviourRun& run, std::span<const SkillRates> rates);
// A table in Markdown.
std::string behaviour_markdown(const BehaviourRun& run, std::span<const SkillRates> rates);
// A line for each case that `answer` fails: where it stands, what was expected and found.
std::string failures_text(const BehaviourRun& run, std::size_t answer);
// "answers", "skills", "failures" (cases that any answer fails, with what each says), without braces.
void append_json_members(JsonWriter& json, const BehaviourRun& run, std::span<const SkillRates> rates);

// What an answer must pass of a skill at least.
struct BehaviourFloor {
  text::Language language = text::Language::zh;
  std::string skill;
  std::string answer;
  double least = 0;  // share of the cases, 0 to 1
};

// Floors a little below the rates of `answer`, so that one case more or five points less are no alarm: JSON lines with
// "language", "skill", "answer", "cases", "passed" and "floor".
std::string floors_file(const BehaviourRun& run, std::span<const SkillRates> rates, std::size_t answer);
// Errors begin with FILE:LINE: corrupt; else those of data::open_source.
Result<std::vector<BehaviourFloor>> read_floors(const std::string& file);
// A sentence for each floor that is not reached, or whose skill was not asked.
std::vector<std::string> below_floors(const BehaviourRun& run, std::span<const SkillRates> rates,
                                      std::span<const BehaviourFloor> floors);

}  // namespace tenor::judge
