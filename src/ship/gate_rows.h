// What a gate is fitted on: rows that no expert trained on, with what each expert says of them and what the gate sees.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "gate/features.h"
#include "ship/dev_rows.h"
#include "ship/expert_answers.h"

namespace tenor::ship {

struct GateRows {
  std::vector<gate::TextFacts> facts;             // [rows], without domains
  std::vector<std::vector<std::uint16_t>> pairs;  // [rows]: buckets of neighbouring characters, for the domain cue
  std::vector<std::uint32_t> domain;              // [rows], places in domains
  std::vector<std::string> domains;               // the first is "not told"
  std::vector<std::uint8_t> two_class;            // [rows]
  std::vector<TaskAnswers> answers;               // a task each

  std::size_t size() const { return facts.size(); }
};

// The label that two-class rows do not know: neutral of the overall task, none of an aspect.
std::optional<std::size_t> neutral_of(const TaskAnswers& task);

// Asks every expert of the engine's first model about every row.
GateRows ask_gate_rows(const engine::Engine& engine, const DevRows& rows, const AnswerOptions& options);

}  // namespace tenor::ship
