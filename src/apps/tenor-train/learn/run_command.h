// What the commands share that train for hours: flags, progress lines, stopping, exit codes.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "apps/tenor-train/learn/commands.h"
#include "base/result.h"
#include "learn/pretrain_run.h"

namespace tenor::train_cli {

struct RunFlags {
  std::string config;
  learn::RunContext context;  // data and out
  std::uint64_t threads = 0;  // 0: as the configuration says
  bool quiet = false;
  bool explain_config = false;
};

// --config, --data, --out, --threads, --quiet, --explain-config. `flags` must outlive the parsing.
void add_run_flags(CLI::App& command, RunFlags& flags);

// A run in the context: false where it was stopped before its end.
using Training = std::function<Result<bool>(const learn::RunContext& context)>;

// The exit code of a command: describes its configuration where that is asked for, asks for --config and --out, else
// trains, SIGINT and SIGTERM stopping it.
int run_training(const CLI::App& command, const RunFlags& flags, const std::function<std::string()>& describe,
                 const Training& training);

}  // namespace tenor::train_cli
