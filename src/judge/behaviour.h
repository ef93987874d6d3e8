// A behaviour suite put to an engine: which cases each of its answers passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "judge/behaviour_cases.h"

namespace tenor::judge {

// The answers that are judged: the engine's at both budgets, then every expert's alone, by the name in the manifest.
inline constexpr std::string_view kBestAnswer = "best";
inline constexpr std::string_view kFastAnswer = "fast";

// What one answer says of one text.
struct BehaviourReply {
  bool asked = false;      // false: the model that answered has no such expert
  bool refused = false;    // nothing to read in the text
  std::int8_t label = -1;  // of data::kLabelNames; an expert's is its most probable
  double score = 0;        // P(positive) - P(negative), -1 to 1
};

// Pure. `other` counts where the case has a second text. A text that is refused passes only where it should be.
bool passes(const BehaviourCase& behaviour, const BehaviourReply& text, const BehaviourReply& other);

struct BehaviourRun {
  std::vector<std::string> answers;   // [a]: best, fast, then experts in order of appearance
  std::vector<BehaviourCase> cases;   // [n]
  std::vector<BehaviourReply> text;   // [n x a]
  std::vector<BehaviourReply> other;  // [n x a]

  std::size_t answer(std::string_view name) const;  // its index; answers.size() where there is none
  bool asked(std::size_t row, std::size_t answer) const { return text[row * answers.size() + answer].asked; }
  bool passed(std::size_t row, std::size_t answer) const;
};

// Every text is taken to be in the language of its case. `progress`, where given, hears how many cases are done.
// Errors: those of check_labels().
Result<BehaviourRun> judge_behaviour(const engine::Engine& engine, std::vector<BehaviourCase> cases,
                                     const std::function<void(std::uint64_t cases)>& progress = nullptr);

}  // namespace tenor::judge
