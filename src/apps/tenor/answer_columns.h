// Which answers become columns: the same for every row, whichever model answers it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace tenor::cli {

struct AnswerColumns {
  std::vector<std::string> labels;   // of the overall tasks: positive, neutral, negative, then others
  std::vector<std::string> aspects;  // those asked for
  bool explain = false;
  bool sentences = false;
};

// Labels and aspects of the models that can answer: all of them, or with a forced language only the one that knows it.
AnswerColumns answer_columns(const engine::Engine& engine, const engine::Options& options);

// The same from plain facts about the models.
AnswerColumns answer_columns(std::span<const engine::ModelInfo* const> models, const engine::Options& options);

// `wanted`, or with "tenor_" before it (and a number behind) where the input has a column of that name already.
std::string free_name(std::string_view wanted, std::span<const std::string> taken);

}  // namespace tenor::cli
