// --precision, --isa and --budget: whether and how a command runs encoders.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/result.h"
#include "engine/engine.h"

namespace tenor::cli {

struct EncoderFlags {
  std::string precision = "auto";
  std::string isa = "auto";  // or TENOR_ISA
  std::string budget = "best";
};

void add_encoder_flags(CLI::App& command, EncoderFlags& flags);

// Errors: invalid_argument, unsupported (an instruction set that the processor lacks).
Result<engine::EngineOptions> engine_options(const EncoderFlags& flags);

}  // namespace tenor::cli
