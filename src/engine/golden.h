// Texts and what a model answered to them when it was made: proof that it still is that model, on this machine too.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "engine/engine.h"

namespace tenor::engine {

inline constexpr std::string_view kGoldenFile = "golden.json";  // in the bundle; optional
inline constexpr double kGoldenTolerance = 1e-4;                // of a probability

struct GoldenAnswer {
  std::string text;
  std::string label;                  // overall, at the budget `best`
  std::vector<double> probabilities;  // in the order of the task's labels
};

// What the engine, which has this model alone, answers to the texts. Errors: those of classify().
Result<std::vector<GoldenAnswer>> make_golden(const Engine& engine, std::span<const std::string> texts);
// The file's content, and back. Errors: corrupt, unsupported (a newer version).
std::string golden_json(std::span<const GoldenAnswer> answers);
Result<std::vector<GoldenAnswer>> parse_golden(std::string_view json);
// Empty where the bundle has no such file.
Result<std::vector<GoldenAnswer>> read_golden(const bundle::Bundle& bundle);

// Opens the bundle by itself, with the options that are usual, and asks it. Error `corrupt`: the first text that gets
// another label, or another probability beyond the tolerance. Fine where the bundle has no golden answers.
Status check_golden(const bundle::Bundle& bundle);

}  // namespace tenor::engine
