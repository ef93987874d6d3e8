// --precision, --isa, --budget and --gate: whether and how a command runs encoders.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "base/result.h"
#include "engine/engine.h"

namespace tenor::cli {

struct EncoderFlags {
  std::string precision = "auto";
  std::string isa = "auto";  // or TENOR_ISA
  std::string budget = "best";
  std::string gate;  // empty: the model's own
};

void add_encoder_flags(CLI::App& command, EncoderFlags& flags);

// Errors: invalid_argument, unsupported (an instruction set that the processor lacks).
Result<engine::EngineOptions> engine_options(const EncoderFlags& flags);

// The budget whose drift references answers under these options compare with; nothing where microseconds bound them, or
// a method that was named makes them.
std::optional<engine::Budget> named_budget(const engine::EngineOptions& options);

}  // namespace tenor::cli
