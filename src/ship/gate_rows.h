// What a gate is fitted on: rows that no expert trained on, with what each expert says of them and what the gate sees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

// Texts that nobody labelled: what the next expert adds can be seen on them as well.
struct GateTexts {
  std::vector<std::string> paths;  // files of rows; their labels, if any, are not looked at
  std::size_t count = 20'000;      // of those, from all of them evenly
};

// Errors: those of data::load_dataset; invalid_argument (no texts).
Result<DevRows> load_gate_texts(const GateTexts& texts, const std::function<void(std::uint64_t rows)>& progress = {});

// Asks every expert of the engine's first model about every row.
GateRows ask_gate_rows(const engine::Engine& engine, const DevRows& rows, const AnswerOptions& options);

}  // namespace tenor::ship
